import type { ContextName } from './context.ts';

const metric: Readonly<Record<string, bigint>> = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 0n,
  AGGREGATION_TEMPORALITY_DELTA: 1n,
  AGGREGATION_TEMPORALITY_CUMULATIVE: 2n,
  METRIC_DATA_TYPE_NONE: 0n,
  METRIC_DATA_TYPE_GAUGE: 1n,
  METRIC_DATA_TYPE_SUM: 2n,
  METRIC_DATA_TYPE_HISTOGRAM: 3n,
  METRIC_DATA_TYPE_EXPONENTIAL_HISTOGRAM: 4n,
  METRIC_DATA_TYPE_SUMMARY: 5n,
};

const span: Readonly<Record<string, bigint>> = {
  SPAN_KIND_UNSPECIFIED: 0n,
  SPAN_KIND_INTERNAL: 1n,
  SPAN_KIND_SERVER: 2n,
  SPAN_KIND_CLIENT: 3n,
  SPAN_KIND_PRODUCER: 4n,
  SPAN_KIND_CONSUMER: 5n,
  STATUS_CODE_UNSET: 0n,
  STATUS_CODE_OK: 1n,
  STATUS_CODE_ERROR: 2n,
};

/** `SEVERITY_NUMBER_TRACE` is 1, `SEVERITY_NUMBER_TRACE2` is 2, up to `SEVERITY_NUMBER_FATAL4`, which is 24. */
const severities = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name, level) =>
  ['', '2', '3', '4'].map(
    (suffix, step) => [`SEVERITY_NUMBER_${name}${suffix}`, BigInt(level * 4 + step + 1)] as const,
  ),
);
const log: Readonly<Record<string, bigint>> = {
  SEVERITY_NUMBER_UNSPECIFIED: 0n,
  ...Object.fromEntries(severities),
};

const datapoint = { FLAG_NONE: 0n, FLAG_NO_RECORDED_VALUE: 1n, ...metric };

const enums: Readonly<Record<ContextName, Readonly<Record<string, bigint>>>> = {
  resource: {},
  scope: {},
  metric,
  datapoint,
  exemplar: metric,
  span,
  spanevent: span,
  log,
};

/** Returns the names of numbers in a context. */
export function enumsOf(context: ContextName): Readonly<Record<string, bigint>> {
  return enums[context];
}

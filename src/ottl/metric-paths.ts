import type { Metric, MetricDescriptor } from '#pdata/metrics.ts';
import type { OttlContext } from './context.ts';
import { OttlError } from './ottl-error.ts';
import type { PathTable } from './paths.ts';
import { attributesOf, textOf } from './resource-paths.ts';
import { map } from './value.ts';

/** The numbers of `METRIC_DATA_TYPE_…`. */
const typeNumbers = { Empty: 0n, Gauge: 1n, Sum: 2n, Histogram: 3n, ExponentialHistogram: 4n, Summary: 5n } as const;

function describe(context: OttlContext, changes: Partial<MetricDescriptor>): void {
  context.metric = { ...context.metric, descriptor: { ...context.metric.descriptor, ...changes } };
}

/** Paths of the context `metric`. */
export const metricPaths: PathTable = {
  name: {
    get: (context) => context.metric.descriptor.name,
    set: (context, value) => describe(context, { name: textOf(value) }),
  },
  description: {
    get: (context) => context.metric.descriptor.description,
    set: (context, value) => describe(context, { description: textOf(value) }),
  },
  unit: {
    get: (context) => context.metric.descriptor.unit,
    set: (context, value) => describe(context, { unit: textOf(value) }),
  },
  metadata: {
    get: (context) => map(context.metric.descriptor.metadata.entries),
    set: (context, value) => describe(context, { metadata: attributesOf(value) }),
  },
  type: { get: (context) => typeNumbers[context.metric.type] },
  aggregation_temporality: {
    get: (context) =>
      'aggregationTemporality' in context.metric ? BigInt(context.metric.aggregationTemporality) : undefined,
    set: (context, value) => {
      if (typeof value !== 'bigint') throw new OttlError('aggregation_temporality is an AGGREGATION_TEMPORALITY_…');
      if (!('aggregationTemporality' in context.metric)) return;
      context.metric = { ...context.metric, aggregationTemporality: Number(value) } as Metric;
    },
  },
  is_monotonic: {
    get: (context) => (context.metric.type === 'Sum' ? context.metric.isMonotonic : undefined),
    set: (context, value) => {
      if (typeof value !== 'boolean') throw new OttlError('is_monotonic is true or false');
      if (context.metric.type === 'Sum') context.metric = { ...context.metric, isMonotonic: value };
    },
  },
  data_points: { get: (context) => ({ kind: 'array', values: context.metric.dataPoints.map(() => undefined) }) },
};

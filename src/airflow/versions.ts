/**
 * How each version of Airflow is told to send its metrics. The facts are those of Airflow's own wheels:
 * `bash .ci/airflow-wheels.sh` measures them again and compares (docs/airflow-versions.md is generated from this table).
 */
export interface AirflowVersion {
  /** Minor version, for example `3.2`. */
  readonly version: string;
  /** The release whose wheels were measured. */
  readonly release: string;
  /** Whether Airflow reads OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_METRIC_EXPORT_INTERVAL, and OTEL_SERVICE_NAME. */
  readonly readsOtelVariables: boolean;
  /** Whether Airflow reads OTEL_EXPORTER_OTLP_HEADERS. OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_TIMEOUT work in every version. */
  readonly readsHeadersVariable: boolean;
  /** Where Airflow sends if nothing but `[metrics] otel_on` is set. 8889 is the port that Prometheus scrapes, not one that accepts OTLP. */
  readonly defaultEndpoint: string;
  readonly protocols: readonly ('http/protobuf' | 'grpc')[];
  /** The content type that Airflow writes on its requests; the body is protobuf in every version. */
  readonly contentType: 'application/json' | 'application/x-protobuf';
  /** Export interval if none is set, ms. */
  readonly defaultIntervalMs: number;
  /** `service.name`, which becomes the label `job`, if none is set. */
  readonly defaultServiceName: string;
  /** How Airflow records durations. A gauge shows the last duration of the last process that reported one. */
  readonly timers: { readonly type: 'gauge' | 'exponential histogram'; readonly unit: 's' | 'ms' };
  /** Whether a process sends what it has when it exits. If not, most events of tasks shorter than the export interval are lost. */
  readonly flushesAtExit: boolean;
  /** Whether a task that runs counts `ti.start` and `ti.finish`. */
  readonly countsTasks: boolean;
  /** Whether `[metrics] legacy_names_on` can turn off the duplicate metrics whose names contain Dag, task, pool, or operator. */
  readonly hasLegacyNamesSetting: boolean;
}

const airflow2 = {
  readsOtelVariables: false,
  readsHeadersVariable: false,
  defaultEndpoint: 'http://localhost:8889/v1/metrics',
  protocols: ['http/protobuf'],
  contentType: 'application/json',
  defaultIntervalMs: 60_000,
  defaultServiceName: 'Airflow',
  timers: { type: 'gauge', unit: 's' },
  flushesAtExit: false,
  countsTasks: true,
  hasLegacyNamesSetting: false,
} as const;

const airflow30 = {
  ...airflow2,
  readsHeadersVariable: true,
  contentType: 'application/x-protobuf',
  timers: { type: 'gauge', unit: 'ms' },
  countsTasks: false,
} as const;

const airflow32 = {
  ...airflow30,
  readsOtelVariables: true,
  defaultEndpoint: 'http://None:None/v1/metrics',
  protocols: ['http/protobuf', 'grpc'],
  defaultServiceName: 'airflow',
  flushesAtExit: true,
  countsTasks: true,
  hasLegacyNamesSetting: true,
} as const;

/** Oldest first. */
export const airflowVersions: readonly AirflowVersion[] = [
  { version: '2.10', release: '2.10.5', ...airflow2 },
  { version: '2.11', release: '2.11.2', ...airflow2 },
  { version: '3.0', release: '3.0.6', ...airflow30 },
  { version: '3.1', release: '3.1.8', ...airflow30, flushesAtExit: true, countsTasks: true },
  { version: '3.2', release: '3.2.2', ...airflow32 },
  { version: '3.3', release: '3.3.2', ...airflow32, timers: { type: 'exponential histogram', unit: 'ms' } },
];

/** Where pitot listens, and how often Airflow is to send. */
export interface AirflowTarget {
  /** Host name as Airflow's pods reach it. */
  readonly host: string;
  /** Port of OTLP over HTTP, by default 4318. */
  readonly port: number;
  readonly intervalMs: number;
}

/**
 * Returns the environment variables that make a version of Airflow send to pitot over http/protobuf, in the order in which they are
 * shown. Without a version: a set that works for every version; Airflow 3.2 and later then log one warning that the variables of
 * OpenTelemetry are used.
 */
export function airflowVariables(target: AirflowTarget, version?: AirflowVersion): Readonly<Record<string, string>> {
  const { host, port, intervalMs } = target;
  return {
    AIRFLOW__METRICS__OTEL_ON: 'True',
    AIRFLOW__METRICS__STATSD_ON: 'False',
    ...(version?.readsOtelVariables !== true && {
      AIRFLOW__METRICS__OTEL_HOST: host,
      AIRFLOW__METRICS__OTEL_PORT: `${port}`,
      AIRFLOW__METRICS__OTEL_INTERVAL_MILLISECONDS: `${intervalMs}`,
    }),
    ...(version?.readsOtelVariables !== false && {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_METRIC_EXPORT_INTERVAL: `${intervalMs}`,
    }),
  };
}

/**
 * Metrics settings of each version of Airflow, measured with Airflow's own wheels: `bash .ci/airflow-wheels.sh`
 * measures them again and compares. docs/airflow-versions.md is generated from this table.
 */
export interface AirflowVersion {
  /** Minor version, for example `3.2`. */
  readonly version: string;
  /** Release whose wheels were measured. */
  readonly release: string;
  /** Whether Airflow reads OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_METRIC_EXPORT_INTERVAL, and OTEL_SERVICE_NAME. */
  readonly readsOtelVariables: boolean;
  /** Whether Airflow reads OTEL_EXPORTER_OTLP_HEADERS. OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_TIMEOUT work in every version. */
  readonly readsHeadersVariable: boolean;
  /**
   * Destination if only `[metrics] otel_on` is set. 8889 is the port that Prometheus scrapes, not one that accepts
   * OTLP.
   */
  readonly defaultEndpoint: string;
  readonly protocols: readonly ('http/protobuf' | 'grpc')[];
  /** Content type of Airflow's requests. The body is protobuf in every version. */
  readonly contentType: 'application/json' | 'application/x-protobuf';
  /** Export interval if none is set, ms. */
  readonly defaultIntervalMs: number;
  /** `service.name`, which becomes the label `job`, if none is set. */
  readonly defaultServiceName: string;
  /**
   * Form in which Airflow records durations. A gauge contains the last duration of the last process that reported one.
   */
  readonly timers: { readonly type: 'gauge' | 'exponential histogram'; readonly unit: 's' | 'ms' };
  /**
   * Whether a process exports its pending data when it exits. If not, most events of tasks shorter than the export
   * interval are lost.
   */
  readonly flushesAtExit: boolean;
  /** Whether a running task counts `ti.start` and `ti.finish`. */
  readonly countsTasks: boolean;
  /**
   * Whether `[metrics] legacy_names_on` can disable the duplicate metrics whose names contain Dag, task, pool, or
   * operator.
   */
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

/** Address of pitot and export interval of Airflow. */
export interface AirflowTarget {
  /** Host name under which Airflow's pods reach pitot. */
  readonly host: string;
  /** Port of OTLP over HTTP, by default 4318. */
  readonly port: number;
  readonly intervalMs: number;
}

/**
 * Returns the environment variables with which a version of Airflow sends to pitot over http/protobuf, in display
 * order. Without a version, returns a set that works for every version; Airflow 3.2 and later then log one warning that
 * OpenTelemetry's variables are used.
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

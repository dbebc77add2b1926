import { readFileSync } from 'node:fs';

/** Form of a metric in some versions of Airflow. */
export interface RecordedMetric {
  readonly versions: readonly string[];
  readonly kind: 'counter' | 'up-down counter' | 'gauge' | 'timer';
  readonly labels: readonly string[];
  /** Name of the duplicate that has values of labels in its name. */
  readonly duplicate?: string;
  /** Whether only providers record the metric, or no code at all, although Airflow's registry lists it. */
  readonly declaredOnly?: true;
}

/** Airflow's metrics by version, as `scripts/airflow/write-metrics.ts` read them from the wheels. Names are without the prefix `airflow.`. */
export interface AirflowMetrics {
  /** Minor version → release. */
  readonly versions: Readonly<Record<string, string>>;
  /** Changes in the registry of Airflow's main branch since the newest version. */
  readonly main: {
    readonly commit: string;
    readonly added: Readonly<Record<string, { readonly kind: string; readonly labels: readonly string[] }>>;
    readonly changed: Readonly<Record<string, string>>;
    readonly removed: readonly string[];
  };
  readonly metrics: Readonly<Record<string, readonly RecordedMetric[]>>;
}

/** Metrics that a version would record, but in code that no longer runs for tasks; found in recordings, not in the wheels. */
export const notSent: Readonly<Record<string, { readonly versions: readonly string[]; readonly reason: string }>> = {
  'task.queued_duration': {
    versions: ['3.0', '3.1', '3.2', '3.3'],
    reason: 'Airflow 3 records it only in a function that tasks of a scheduler no longer call.',
  },
};

export const metricsFile = new URL('metrics.json', import.meta.url);

export function readAirflowMetrics(): AirflowMetrics {
  return JSON.parse(readFileSync(metricsFile, 'utf8'));
}

/**
 * The Prometheus names under which pitot shows an Airflow metric in a version, as the exporter translates them: counters end with
 * `_total`, histograms of Airflow 3.3 have the unit in their name.
 */
export function prometheusName(name: string, kind: RecordedMetric['kind'], isHistogram: boolean): string {
  const plain = `airflow_${name.replaceAll(/[^a-zA-Z0-9{}_]/g, '_')}`;
  if (kind === 'counter') return `${plain}_total`;
  return kind === 'timer' && isHistogram ? `${plain}_milliseconds` : plain;
}

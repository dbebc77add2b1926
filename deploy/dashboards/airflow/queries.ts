import { type Generation, promName } from './generation.ts';

/** Selects the Airflows of the dashboard's variables. */
export const on = 'cluster=~"$cluster",namespace=~"$namespace",job=~"$job",exported_job=~"$airflow"';
export const perDag = `${on},dag_id=~"$dag"`;
/** What keeps Airflows apart. */
export const airflowLabels = 'cluster, namespace, job, exported_job';
/** The same in a legend. Labels that are missing are empty. */
export const airflowLegend = '{{cluster}} {{namespace}} {{job}} {{exported_job}}';

/**
 * Mean of a duration by `by`. Of a histogram, classic or native, depending on how Prometheus scrapes; of gauges, the mean of the last
 * value of each process. In the unit of the generation.
 */
export function mean(generation: Generation, timer: string, by: string, labels = on): string {
  const name = promName(generation, timer);
  if (generation.timers !== 'histogram') return `avg by (${by}) (${gauge(generation, timer, labels)})`;
  const range = `{${labels}}[$__rate_interval]`;
  const native = `sum by (${by}) (increase(${name}${range}))`;
  return orNative(
    generation,
    `sum by (${by}) (increase(${name}_sum${range})) / (sum by (${by}) (increase(${name}_count${range})) > 0)`,
    `histogram_sum(${native}) / (histogram_count(${native}) > 0)`,
  );
}

/** Quantile of a duration of a generation with histograms. A histogram without buckets but +Inf has none (NaN). */
export function quantile(generation: Generation, q: number, timer: string, by: string, labels = on): string {
  const name = promName(generation, timer);
  const range = `{${labels}}[$__rate_interval]`;
  return orNative(
    generation,
    `histogram_quantile(${q}, sum by (${by}, le) (rate(${name}_bucket${range}))) >= 0`,
    `histogram_quantile(${q}, sum by (${by}) (rate(${name}${range})))`,
  );
}

/** Observations of a histogram by `by` in the interval, classic or native. */
export function observations(generation: Generation, timer: string, by: string, labels = on): string {
  const name = promName(generation, timer);
  const range = `{${labels}}[$__rate_interval]`;
  return orNative(
    generation,
    `sum by (${by}) (increase(${name}_count${range}))`,
    `histogram_count(sum by (${by}) (increase(${name}${range})))`,
  );
}

function orNative({ isVictoriaMetrics }: Generation, classic: string, native: string): string {
  return isVictoriaMetrics ? classic : `${classic} or ${native}`;
}

/** Gauges of a duration, in the unit of the generation. */
function gauge(generation: Generation, timer: string, labels: string): string {
  const name = promName(generation, timer);
  return generation.isAirflow2 ? `${name}{${labels}} * $unit` : `${name}{${labels}}`;
}

/**
 * Airflow 2 has labels on the first gauge of each name only, for example one Dag. The names of the others end with the Dag (or pool);
 * some of them have its label, too, and for the others it is read from the name.
 */
export function byName(name: string, labels = on, label = 'dag_id'): string {
  const suffixed = `{__name__=~"${name}_.+",${labels}}`;
  return `(${name}{${labels}} or label_replace(${suffixed}, "${label}", "$1", "__name__", "${name}_(.+)"))`;
}

/** Gauges by pool. */
export function pool(generation: Generation, metric: string): string {
  const name = promName(generation, metric);
  const selected = generation.isAirflow2 ? byName(name, on, 'pool_name') : `${name}{${on}}`;
  return `max by (${airflowLabels}, pool_name) (${selected})`;
}

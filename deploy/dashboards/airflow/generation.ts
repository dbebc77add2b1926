import { notSent, prometheusName, readAirflowMetrics } from '../../airflow/metrics.ts';

const { versions, main, metrics } = readAirflowMetrics();

/** Versions of Airflow that share a dashboard because they send the same metrics in the same way. */
export interface Generation {
  /** Name of the dashboard's file. */
  readonly file: string;
  readonly title: string;
  readonly versions: readonly string[];
  /** Durations are histograms in ms, gauges in ms, or gauges in s. */
  readonly timers: 'histogram' | 'ms' | 's';
  /** Airflow 2 gives labels to the first gauge of a name only; the others have Dag or pool in their name. */
  readonly isAirflow2: boolean;
  /** For VictoriaMetrics, whose queries have no functions for native histograms. */
  readonly isVictoriaMetrics?: true;
}

export const generations: readonly Generation[] = [
  { file: 'airflow-2', title: 'Airflow 2', versions: ['2.10', '2.11'], timers: 's', isAirflow2: true },
  { file: 'airflow-3.0', title: 'Airflow 3.0', versions: ['3.0'], timers: 'ms', isAirflow2: false },
  { file: 'airflow-3.1', title: 'Airflow 3.1', versions: ['3.1'], timers: 'ms', isAirflow2: false },
  { file: 'airflow-3.2', title: 'Airflow 3.2', versions: ['3.2'], timers: 'ms', isAirflow2: false },
  { file: 'airflow', title: 'Airflow 3.3', versions: ['3.3'], timers: 'histogram', isAirflow2: false },
  { file: 'airflow-main', title: 'Airflow after 3.3', versions: ['main'], timers: 'histogram', isAirflow2: false },
];

/** Dashboards that are different for VictoriaMetrics. */
export const victoriaMetrics: readonly Generation[] = generations
  .filter(({ timers }) => timers === 'histogram')
  .map((each) => ({ ...each, isVictoriaMetrics: true }));

const newest = Object.keys(versions).at(-1)!;

/** Whether a generation sends a metric, by its name in Airflow. */
export function sends({ versions: own }: Generation, name: string): boolean {
  return own.some((version) => {
    if (version !== 'main') return groupOf(name, version) !== undefined;
    return main.added[name] !== undefined || (groupOf(name, newest) !== undefined && !main.removed.includes(name));
  });
}

/** Unit of a generation's durations, in Grafana's spelling. */
export const unitOf = ({ timers }: Generation): string => (timers === 's' ? 's' : 'ms');

/** Labels of a metric in a generation. */
export function labelsOf({ versions: own }: Generation, name: string): readonly string[] {
  const version = own[0] === 'main' ? newest : own[0]!;
  return main.added[name]?.labels ?? groupOf(name, version)?.labels ?? [];
}

function groupOf(name: string, version: string) {
  if (notSent[name]?.versions.includes(version)) return undefined;
  return metrics[name]?.find((group) => group.versions.includes(version) && !group.declaredOnly);
}

/** Prometheus's name of a metric, without the suffixes of a histogram's series. */
export function promName(generation: Generation, name: string): string {
  const kind = (main.added[name]?.kind ?? metrics[name]?.[0]?.kind) as Parameters<typeof prometheusName>[1] | undefined;
  if (!kind) throw new Error(`${name}: Airflow has no such metric`);
  return prometheusName(name, kind, generation.timers === 'histogram');
}

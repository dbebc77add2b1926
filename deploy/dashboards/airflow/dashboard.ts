import type { Dashboard, Panel, Row } from '../dashboard.ts';
import { type Generation, sends } from './generation.ts';
import { mainBranch } from './main-branch-row.ts';
import { now } from './now.ts';
import type { Conditional } from './panels.ts';
import { dagRuns, poolsAndExecutor, schedulerAndParsing } from './scheduler-rows.ts';
import { tasks } from './task-rows.ts';

const anyAirflow =
  '{__name__=~"airflow_(scheduler_heartbeat|dag_processor_heartbeat|triggerer_heartbeat|ti_start|ti_failures)_total"}';

/** The dashboard for the versions of Airflow that send the same metrics. Panels without data in these versions are left out. */
export function airflowDashboard(generation: Generation): Dashboard {
  const { file, title, versions } = generation;
  return {
    uid: file === 'airflow' ? 'pitot-airflow' : `pitot-${file.replace('.', '-')}`,
    title,
    description: `Metrics of Apache Airflow ${versions.join(' and ')}, received by pitot over OTLP. docs/airflow-metrics.md lists the metrics of each version.`,
    tags: ['airflow', 'pitot'],
    variables: [
      { name: 'cluster', label: 'Cluster', query: `label_values(${anyAirflow}, cluster)` },
      { name: 'namespace', label: 'Namespace', query: `label_values(${anyAirflow}, namespace)` },
      { name: 'job', label: 'Job', query: `label_values(${anyAirflow}, job)` },
      {
        name: 'airflow',
        label: 'Airflow',
        query: `label_values(${anyAirflow.replace('}', ',job=~"$job"}')}, exported_job)`,
        description: 'service.namespace and service.name of the Airflow, if Prometheus keeps its own job label.',
      },
      {
        name: 'dag',
        label: 'Dag',
        query:
          'label_values({__name__=~"airflow_(ti_start|ti_failures|task_instance_created)_total",job=~"$job"}, dag_id)',
      },
      ...(generation.isAirflow2 ? [unit] : []),
      ...(generation.timers === 'histogram' ? [counters] : []),
    ],
    rows: [now, tasks, dagRuns, poolsAndExecutor, schedulerAndParsing, mainBranch].flatMap((make) =>
      kept(make(generation), generation),
    ),
  };
}

const counters = {
  name: 'count',
  label: 'Counters',
  choices: { 'accumulated by pitot': 'increase', 'behind a Collector': 'max_over_time' },
  description:
    'increase: pitot accumulates the counts of short-lived task processes. max_over_time: the Collector has one series per process. Its highest value is the count of the process, which is an approximation.',
};

const unit = {
  name: 'unit',
  label: 'Durations in',
  choices: { 's (default)': '1', 'ms (timer_unit_consistency)': '0.001' },
  description: 'The unit in which this Airflow records durations: [metrics] timer_unit_consistency of Airflow 2.11.',
};

/** The row without queries, and without panels, that these versions do not have the metrics for. */
function kept({ title, height, panels }: Row<Conditional>, generation: Generation): Row<Panel>[] {
  const left = panels.flatMap(({ queries, ...panel }) => {
    const some = queries.filter(({ needs }) => needs.every((name) => sends(generation, name)));
    return some.length === 0 ? [] : [{ ...panel, queries: some.map(({ needs: _, ...query }) => query) }];
  });
  return left.length === 0 ? [] : [{ title, height, panels: spread(left) }];
}

/** Small panels share the width of the row. */
function spread(panels: Panel[]): Panel[] {
  if (!panels.every(({ kind }) => kind === 'stat')) return panels;
  const width = Math.floor(24 / panels.length);
  return panels.map((panel, index) => ({ ...panel, width: width + (index < 24 % panels.length ? 1 : 0) }));
}

import type { Row } from '../dashboard.ts';
import { type Generation, labelsOf } from './generation.ts';
import { counting, killedIn } from './now.ts';
import { type Conditional, line } from './panels.ts';
import { mean, observations, on, perDag, quantile } from './queries.ts';

/** Panels about task instances. */
export function tasks(generation: Generation): Row<Conditional> {
  const count = counting(generation);
  const unit = generation.timers === 's' ? 's' : 'ms';
  const range = '$__rate_interval';
  const operator = (metric: string) =>
    labelsOf(generation, metric).find((label) => /operator|task_type/.test(label)) ?? 'operator';
  const [succeeded, failed] = [operator('operator_successes'), operator('operator_failures')];
  return {
    title: 'Tasks',
    height: 8,
    panels: [
      line('Tasks finished, by state', 'short', [
        '{{state}}',
        'ti.finish',
        // Airflow sends 0 for every state of every task.
        `sum by (state) (${count}(airflow_ti_finish_total{${perDag}}[${range}])) and sum by (state) (airflow_ti_finish_total{${perDag}}) > 0`,
      ]),
      line('Tasks finished, by Dag', 'short', [
        '{{dag_id}}',
        'ti.finish',
        `sum by (dag_id) (${count}(airflow_ti_finish_total{${perDag}}[${range}]))`,
      ]),
      line(
        'Operators: successes and failures',
        'short',
        [
          `{{${succeeded}}} succeeded`,
          'operator_successes',
          `sum by (${succeeded}) (${count}(airflow_operator_successes_total{${perDag}}[${range}]))`,
        ],
        [
          `{{${failed}}} failed`,
          'operator_failures',
          `sum by (${failed}) (${count}(airflow_operator_failures_total{${perDag}}[${range}]))`,
        ],
      ),
      {
        ...line(
          'Started and finished',
          'short',
          ['started', 'ti.start', `sum(${count}(airflow_ti_start_total{${perDag}}[${range}]))`],
          ['finished', 'ti.finish', `sum(${count}(airflow_ti_finish_total{${perDag}}[${range}]))`],
        ),
        description: generation.isAirflow2
          ? 'Airflow 2 loses most finishes, unless deploy/airflow/airflow_local_settings.py is installed (docs/airflow.md).'
          : 'A deferral or reschedule counts as a finish and a start. A killed task has no finish.',
      },
      line('Running tasks, by Dag', 'short', [
        '{{dag_id}}',
        'ti.running',
        `sum by (dag_id) (airflow_ti_running{${perDag}})`,
      ]),
      {
        ...line('Killed tasks', 'short', [
          '{{dag_id}} {{task_id}}',
          'scheduler.tasks.killed_externally',
          `${killedIn(range, 'dag_id, task_id', count)} > 0`,
        ]),
        hasBars: true,
        description:
          'Tries whose process ended or sent no heartbeat: a signal, no memory, a lost worker. Empty if no task was killed.',
      },
      line(`Task duration, ${generation.timers === 'histogram' ? 'mean' : 'last'} by Dag`, unit, [
        '{{dag_id}}',
        'task.duration',
        taskDuration(generation),
      ]),
      ...(generation.timers === 'histogram'
        ? [
            line('Task duration, 95th percentile by Dag', unit, [
              '{{dag_id}}',
              'task.duration',
              quantile(generation, 0.95, 'task.duration', 'dag_id', perDag),
            ]),
            line('Durations reported, by Dag', 'short', [
              '{{dag_id}}',
              'task.duration',
              observations(generation, 'task.duration', 'dag_id', perDag),
            ]),
          ]
        : []),
      {
        ...line('Tasks that failed most', 'short', [
          '',
          'ti_failures',
          `topk(20, sum by (dag_id, task_id) (${count}(airflow_ti_failures_total{${perDag}}[$__range])) > 0)`,
        ]),
        kind: 'table',
      },
      line(
        'Time in the states scheduled and queued, mean',
        unit,
        ['{{dag_id}} scheduled', 'task.scheduled_duration', waiting(generation, 'task.scheduled_duration')],
        ['{{dag_id}} queued', 'task.queued_duration', waiting(generation, 'task.queued_duration')],
      ),
    ],
  };
}

function taskDuration(generation: Generation): string {
  // Each task of Airflow 2 has a process of its own, so that its gauges have labels.
  if (generation.isAirflow2) return `avg by (dag_id) (airflow_task_duration{${perDag}} * $unit)`;
  return mean(generation, 'task.duration', 'dag_id', perDag);
}

function waiting(generation: Generation, timer: string): string {
  if (!generation.isAirflow2) return mean(generation, timer, 'dag_id', perDag);
  // Each task has a process of its own, so that its gauges have labels. The scheduler's have Dag and task in their names.
  if (timer === 'task.queued_duration') return `avg by (dag_id) (airflow_task_queued_duration{${perDag}} * $unit)`;
  const named = `label_replace({__name__=~"airflow_dag_.+_scheduled_duration",${on}}, "dag_id", "$1", "__name__", "airflow_dag_(.+)_scheduled_duration")`;
  return `avg by (dag_id) (${named} * $unit)`;
}

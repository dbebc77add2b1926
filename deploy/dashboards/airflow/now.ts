import type { Row } from '../dashboard.ts';
import type { Generation } from './generation.ts';
import { type Conditional, number } from './panels.ts';
import { airflowLabels, on, perDag } from './queries.ts';

/** Name of the function that counts: a variable where a Collector has one series per process. */
export const counting = ({ timers }: Generation): string => (timers === 'histogram' ? '$count' : 'increase');

const killed = ['scheduler_tasks_killed_externally', 'task_instances_without_heartbeats_killed', 'zombies_killed'];

/** Killed tasks in a range: one event can be in two of the counters. */
export const killedIn = (range: string, by: string, count: string): string =>
  `max by (${by}) (${killed
    .map((name, index) => {
      const sum = `sum by (${by}) (${count}(airflow_${name}_total{${perDag}}[${range}]))`;
      return index === 0 ? sum : `label_replace(${sum}, "counter", "${name}", "", "")`;
    })
    .join(' or ')})`;

/** The most important numbers. */
export function now(generation: Generation): Row<Conditional> {
  const count = counting(generation);
  return {
    title: 'Now',
    height: 4,
    panels: [
      number(
        'Heartbeats/min',
        [
          '',
          'scheduler_heartbeat',
          `min(sum by (${airflowLabels}) (rate(airflow_scheduler_heartbeat_total{${on}}[5m]))) * 60`,
        ],
        {
          redBelow: 1,
          description: 'Heartbeats of the scheduler; of the Airflow with the fewest, if several are selected.',
        },
      ),
      number('Dag runs running', ['', 'scheduler.dagruns.running', `sum(airflow_scheduler_dagruns_running{${on}})`]),
      number('Tasks running', ['', 'ti.running', `sum(airflow_ti_running{${perDag}})`]),
      number('Finished in range', ['', 'ti.finish', `sum(${count}(airflow_ti_finish_total{${perDag}}[$__range]))`], {
        description:
          'Finishes that tasks reported, also deferrals and retries. Not in it: tasks that were killed, skipped by a branch, or have no process (EmptyOperator).',
      }),
      number(
        'Failed in range',
        ['', 'ti.finish', `sum(${count}(airflow_ti_finish_total{${perDag},state="failed"}[$__range])) or vector(0)`],
        { redFrom: 1 },
      ),
      number(
        'Failed tries in range',
        ['', 'ti_failures', `sum(${count}(airflow_ti_failures_total{${perDag}}[$__range])) or vector(0)`],
        { redFrom: 1, description: 'Failed tries, also those that are retried.' },
      ),
      number(
        'Killed in range',
        [
          '',
          'scheduler.tasks.killed_externally',
          `sum(${killedIn('$__range', 'dag_id, task_id', count)}) or vector(0)`,
        ],
        { redFrom: 1, description: 'Tries whose process ended or sent no heartbeat. They report no finish.' },
      ),
      number(
        'Import errors',
        [
          '',
          'dag_processing.import_errors',
          `sum(max by (${airflowLabels}) (airflow_dag_processing_import_errors{${on}}))`,
        ],
        { redFrom: 1 },
      ),
      number('Starving tasks', ['', 'scheduler.tasks.starving', `sum(airflow_scheduler_tasks_starving{${on}})`], {
        redFrom: 1,
      }),
    ],
  };
}

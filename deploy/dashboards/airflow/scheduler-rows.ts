import type { Row } from '../dashboard.ts';
import { type Generation, labelsOf, promName, sends, unitOf } from './generation.ts';
import { type Conditional, line } from './panels.ts';
import { airflowLabels, airflowLegend, byName, mean, observations, on, perDag, pool } from './queries.ts';

const per = ({ timers }: Generation): string => (timers === 'histogram' ? 'mean' : 'last');

/** Panels about Dag runs. */
export function dagRuns(generation: Generation): Row<Conditional> {
  const unit = unitOf(generation);
  const byDag = (title: string, timer: string) =>
    line(`${title}, ${per(generation)}`, unit, ['{{dag_id}}', timer, ofDag(generation, timer)]);
  return {
    title: 'Dag runs',
    height: 8,
    panels: [
      byDag('Duration of successful runs', 'dagrun.duration.success'),
      {
        ...byDag('Duration of failed runs', 'dagrun.duration.failed'),
        description: 'Empty if no run failed.',
      },
      ...(generation.timers === 'histogram'
        ? [
            line(
              'Dag runs finished',
              'short',
              [
                'succeeded',
                'dagrun.duration.success',
                total(observations(generation, 'dagrun.duration.success', 'job', perDag)),
              ],
              [
                'failed',
                'dagrun.duration.failed',
                total(observations(generation, 'dagrun.duration.failed', 'job', perDag)),
              ],
            ),
          ]
        : []),
      {
        ...byDag('Schedule delay', 'dagrun.schedule_delay'),
        description: 'The first run of a Dag that was unpaused is always late.',
      },
      byDag('First task scheduling delay', 'dagrun.first_task_scheduling_delay'),
    ],
  };
}

const total = (expr: string): string => `sum(${expr})`;
const highest = (gauge: string, more = ''): string => `max by (${airflowLabels}${more}) (airflow_${gauge}{${on}})`;

function ofDag(generation: Generation, timer: string): string {
  if (!generation.isAirflow2) return mean(generation, timer, 'dag_id', perDag);
  if (timer === 'dagrun.first_task_scheduling_delay')
    return `avg by (dag_id) ({__name__=~"airflow_dagrun_.+_first_task_scheduling_delay",${perDag}} * $unit)`;
  const name = promName(generation, timer);
  // The gauges of durations have the label of the Dag in addition to its name.
  if (timer !== 'dagrun.schedule_delay') return `max by (dag_id) ({__name__=~"${name}(_.+)?",${perDag}}) * $unit`;
  return `max by (dag_id) (${byName(name)}) * $unit`;
}

/** Panels about pools, executors, and triggerers. */
export function poolsAndExecutor(generation: Generation): Row<Conditional> {
  const executor = labelsOf(generation, 'executor.open_slots').find((label) => /name$/.test(label)) ?? 'name';
  const ofExecutor = (metric: string) =>
    `max by (${airflowLabels}, ${executor}) (${promName(generation, metric)}{${on}})`;
  const slots = (state: string): [string, string, string] => [
    `{{pool_name}} ${state} ${airflowLegend}`,
    `pool.${state}_slots`,
    pool(generation, `pool.${state}_slots`),
  ];
  return {
    title: 'Pools and executors',
    height: 8,
    panels: [
      line(
        'Pool slots',
        'short',
        slots('open'),
        slots('running'),
        slots('queued'),
        slots('deferred'),
        slots('scheduled'),
      ),
      {
        ...line(
          'Executors',
          'short',
          [`{{${executor}}} open slots ${airflowLegend}`, 'executor.open_slots', ofExecutor('executor.open_slots')],
          [`{{${executor}}} queued ${airflowLegend}`, 'executor.queued_tasks', ofExecutor('executor.queued_tasks')],
          [`{{${executor}}} running ${airflowLegend}`, 'executor.running_tasks', ofExecutor('executor.running_tasks')],
        ),
        description: generation.isAirflow2
          ? ''
          : 'LocalExecutor of Airflow 3 always reports that all of its slots are open and nothing runs; see "Running tasks" and the pools instead.',
      },
      line(
        'Starving and executable tasks',
        'short',
        [`starving ${airflowLegend}`, 'scheduler.tasks.starving', highest('scheduler_tasks_starving')],
        [`executable ${airflowLegend}`, 'scheduler.tasks.executable', highest('scheduler_tasks_executable')],
        [`{{pool_name}} starving ${airflowLegend}`, 'pool.starving_tasks', pool(generation, 'pool.starving_tasks')],
      ),
      line(
        'Triggerer',
        'short',
        [`{{hostname}} running ${airflowLegend}`, 'triggers.running', highest('triggers_running', ', hostname')],
        [
          `{{hostname}} capacity left ${airflowLegend}`,
          'triggerer.capacity_left',
          highest('triggerer_capacity_left', ', hostname'),
        ],
      ),
    ],
  };
}

/** Panels about the scheduler's loop, heartbeats, and the parsing of Dag files. */
export function schedulerAndParsing(generation: Generation): Row<Conditional> {
  const perMinute = (metric: string) =>
    `sum by (${airflowLabels}) (rate(airflow_${metric}_total{${on}}[$__rate_interval])) * 60`;
  const withFileLabel = labelsOf(generation, 'dag_processing.last_run.seconds_ago').includes('file_name');
  const duration = (timer: string) => mean(generation, timer, airflowLabels);
  return {
    title: 'Scheduler and Dag processing',
    height: 8,
    panels: [
      line(
        'Heartbeats per minute',
        'short',
        [`scheduler ${airflowLegend}`, 'scheduler_heartbeat', perMinute('scheduler_heartbeat')],
        [`Dag processor ${airflowLegend}`, 'dag_processor_heartbeat', perMinute('dag_processor_heartbeat')],
        [`triggerer ${airflowLegend}`, 'triggerer_heartbeat', perMinute('triggerer_heartbeat')],
      ),
      line(
        `Scheduler loop, ${per(generation)}`,
        unitOf(generation),
        [`loop ${airflowLegend}`, 'scheduler.scheduler_loop_duration', duration('scheduler.scheduler_loop_duration')],
        [
          `critical section ${airflowLegend}`,
          'scheduler.critical_section_duration',
          duration('scheduler.critical_section_duration'),
        ],
      ),
      line('Time since a Dag file was parsed', 's', [
        `{{file_name}} ${airflowLegend}`,
        withFileLabel ? 'dag_processing.last_run.seconds_ago' : 'dag_processing.last_run.seconds_ago.{file_name}',
        withFileLabel
          ? highest('dag_processing_last_run_seconds_ago', ', file_name')
          : // The file's name is in the metric's name only.
            `max by (${airflowLabels}, file_name) (label_replace({__name__=~"airflow_dag_processing_last_run_seconds_ago_.+",${on}}, "file_name", "$1", "__name__", "airflow_dag_processing_last_run_seconds_ago_(.+)"))`,
      ]),
      line(
        'Parsing',
        'short',
        [
          `files waiting ${airflowLegend}`,
          'dag_processing.file_path_queue_size',
          highest('dag_processing_file_path_queue_size'),
        ],
        [`Dags ${airflowLegend}`, 'dagbag_size', highest('dagbag_size')],
        [`import errors ${airflowLegend}`, 'dag_processing.import_errors', highest('dag_processing_import_errors')],
      ),
      line(`Parsing of a file, ${per(generation)}`, unitOf(generation), [
        `{{file_name}} ${airflowLegend}`,
        'dag_processing.last_duration',
        sends(generation, 'dag_processing.last_duration')
          ? mean(generation, 'dag_processing.last_duration', `${airflowLabels}, file_name`)
          : '',
      ]),
    ],
  };
}

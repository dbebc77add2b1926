import { type Dashboard, lines, type Panel } from './dashboard.ts';

const on = 'job=~"$job"';
const perDag = `${on},dag_id=~"$dag"`;

const line = lines(12);

/** Returns a panel of the top row with one number. */
const number = (title: string, expr: string, rest: Partial<Panel> = {}): Panel => ({
  title,
  kind: 'stat',
  unit: 'short',
  width: 4,
  queries: [{ expr, legend: '' }],
  ...rest,
});

/** Returns a query for the mean of a timer by `by`. Since Airflow 3.3, a timer is a histogram in ms (`…_milliseconds`), before a gauge in ms. */
const mean = (timer: string, by: string, labels = on): string =>
  `sum by (${by}) (increase(${timer}_milliseconds_sum{${labels}}[$__rate_interval])) / ` +
  `(sum by (${by}) (increase(${timer}_milliseconds_count{${labels}}[$__rate_interval])) > 0) or avg by (${by}) (${timer}{${labels}})`;

const quantile = (q: number, timer: string, by: string, labels = on): string =>
  `histogram_quantile(${q}, sum by (${by}, le) (rate(${timer}_milliseconds_bucket{${labels}}[$__rate_interval]))) or max by (${by}) (${timer}{${labels}})`;

/** Metrics that Airflow's scheduler, Dag processor, triggerer, and tasks send over OTLP. */
export const airflow: Dashboard = {
  uid: 'pitot-airflow',
  title: 'Airflow',
  description:
    'Metrics of Apache Airflow, received by pitot over OTLP. The variable "Counters" selects how finished tasks are counted; see its description.',
  tags: ['airflow', 'pitot'],
  variables: [
    { name: 'job', label: 'Job', query: 'label_values({__name__=~"airflow_.+"}, job)' },
    {
      name: 'dag',
      label: 'Dag',
      query: 'label_values({__name__=~"airflow_ti_finish_total|airflow_task_duration"}, dag_id)',
    },
    {
      name: 'count',
      label: 'Counters',
      choices: { 'accumulated by pitot': 'increase', 'behind a Collector': 'max_over_time' },
      description:
        'increase: pitot accumulates the counts of short-lived task processes. max_over_time: the Collector has one series per process (Airflow 3.3). Its highest value is the count of the process, which is an approximation.',
    },
  ],
  rows: [
    {
      title: 'Now',
      height: 4,
      panels: [
        number('Scheduler heartbeats / min', `sum(rate(airflow_scheduler_heartbeat_total{${on}}[5m])) * 60`, {
          redBelow: 1,
        }),
        number('Dag runs running', `sum(airflow_scheduler_dagruns_running{${on}})`),
        number('Tasks finished in range', `sum($count(airflow_ti_finish_total{${perDag}}[$__range]))`),
        number(
          'Tasks failed in range',
          `sum($count(airflow_ti_finish_total{${perDag},state="failed"}[$__range])) or vector(0)`,
          { redFrom: 1 },
        ),
        number('Dag import errors', `max(airflow_dag_processing_import_errors{${on}})`, { redFrom: 1 }),
        number('Starving tasks', `sum(airflow_pool_starving_tasks{${on}})`, { redFrom: 1 }),
      ],
    },
    {
      title: 'Tasks',
      height: 8,
      panels: [
        line('Tasks finished, by state', 'short', [
          '{{state}}',
          `sum by (state) ($count(airflow_ti_finish_total{${perDag}}[$__rate_interval]))`,
        ]),
        line('Tasks finished, by Dag', 'short', [
          '{{dag_id}}',
          `sum by (dag_id) ($count(airflow_ti_finish_total{${perDag}}[$__rate_interval]))`,
        ]),
        line(
          'Operators: successes and failures',
          'short',
          [
            '{{operator}}{{operator_name}} ok',
            `sum by (operator, operator_name) ($count(airflow_operator_successes_total{${perDag}}[$__rate_interval]))`,
          ],
          [
            '{{operator}}{{operator_name}} failed',
            `sum by (operator, operator_name) ($count(airflow_operator_failures_total{${perDag}}[$__rate_interval]))`,
          ],
        ),
        line(
          'Started and finished',
          'short',
          ['started', `sum($count(airflow_ti_start_total{${perDag}}[$__rate_interval]))`],
          ['finished', `sum($count(airflow_ti_finish_total{${perDag}}[$__rate_interval]))`],
        ),
        line('Task duration, mean by Dag', 'ms', ['{{dag_id}}', mean('airflow_task_duration', 'dag_id', perDag)]),
        line('Task duration, 95th percentile by Dag', 'ms', [
          '{{dag_id}}',
          quantile(0.95, 'airflow_task_duration', 'dag_id', perDag),
        ]),
        {
          ...line('Tasks that failed most', 'short', [
            '',
            `topk(20, sum by (dag_id, task_id) ($count(airflow_ti_finish_total{${perDag},state=~"failed|up_for_retry"}[$__range])) > 0)`,
          ]),
          kind: 'table',
        },
        line('Queued and scheduled for (mean)', 'ms', [
          '{{dag_id}} scheduled',
          mean('airflow_task_scheduled_duration', 'dag_id', perDag),
        ]),
      ],
    },
    {
      title: 'Dag runs',
      height: 8,
      panels: [
        line('Duration of successful runs, mean', 'ms', [
          '{{dag_id}}',
          mean('airflow_dagrun_duration_success', 'dag_id', perDag),
        ]),
        line('Duration of failed runs, mean', 'ms', [
          '{{dag_id}}',
          mean('airflow_dagrun_duration_failed', 'dag_id', perDag),
        ]),
        line('Schedule delay, mean', 'ms', ['{{dag_id}}', mean('airflow_dagrun_schedule_delay', 'dag_id', perDag)]),
        line('First task scheduling delay, mean', 'ms', [
          '{{dag_id}}',
          mean('airflow_dagrun_first_task_scheduling_delay', 'dag_id', perDag),
        ]),
      ],
    },
    {
      title: 'Pools and executor',
      height: 8,
      panels: [
        line(
          'Pool slots',
          'short',
          ['{{pool_name}} open', `max by (pool_name) (airflow_pool_open_slots{${on}})`],
          ['{{pool_name}} running', `max by (pool_name) (airflow_pool_running_slots{${on}})`],
          ['{{pool_name}} queued', `max by (pool_name) (airflow_pool_queued_slots{${on}})`],
          ['{{pool_name}} deferred', `max by (pool_name) (airflow_pool_deferred_slots{${on}})`],
        ),
        line(
          'Executor',
          'short',
          ['open slots', `max(airflow_executor_open_slots{${on}})`],
          ['queued', `max(airflow_executor_queued_tasks{${on}})`],
          ['running', `max(airflow_executor_running_tasks{${on}})`],
        ),
        line(
          'Starving and executable tasks',
          'short',
          ['starving', `max(airflow_scheduler_tasks_starving{${on}})`],
          ['executable', `max(airflow_scheduler_tasks_executable{${on}})`],
        ),
        line(
          'Triggerer',
          'short',
          ['{{hostname}} running', `max by (hostname) (airflow_triggers_running{${on}})`],
          ['{{hostname}} capacity left', `max by (hostname) (airflow_triggerer_capacity_left{${on}})`],
        ),
      ],
    },
    {
      title: 'Scheduler and Dag processing',
      height: 8,
      panels: [
        line(
          'Heartbeats per minute',
          'short',
          ['scheduler', `sum(rate(airflow_scheduler_heartbeat_total{${on}}[$__rate_interval])) * 60`],
          ['dag processor', `sum(rate(airflow_dag_processor_heartbeat_total{${on}}[$__rate_interval])) * 60`],
          ['triggerer', `sum(rate(airflow_triggerer_heartbeat_total{${on}}[$__rate_interval])) * 60`],
        ),
        line(
          'Scheduler loop, mean',
          'ms',
          ['loop', mean('airflow_scheduler_scheduler_loop_duration', 'job')],
          ['critical section', mean('airflow_scheduler_critical_section_duration', 'job')],
        ),
        line('Since a Dag file was parsed', 's', [
          '{{file_name}}{{__name__}}',
          // Before Airflow 3.3, only the name of the metric contains the file name.
          `max by (file_name) (airflow_dag_processing_last_run_seconds_ago{${on}}) or max by (__name__) ({__name__=~"airflow_dag_processing_last_run_seconds_ago_.+",${on}} unless on () airflow_dag_processing_last_run_seconds_ago{${on}})`,
        ]),
        line(
          'Parsing',
          'short',
          ['files waiting', `max(airflow_dag_processing_file_path_queue_size{${on}})`],
          ['processes', `max(airflow_dag_processing_processes{${on}})`],
          ['Dags', `max(airflow_dagbag_size{${on}})`],
          ['import errors', `max(airflow_dag_processing_import_errors{${on}})`],
        ),
      ],
    },
  ],
};

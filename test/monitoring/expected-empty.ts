import type { RecordingName } from './recorded.ts';

/**
 * Panels without data for a recording, and why: the panel's title, with `#` and the number of a query if it has several.
 * A panel that is not in this table must show data, and one that is in it must not.
 */
export const expectedEmpty: Readonly<Record<RecordingName, Readonly<Record<string, string>>>> = {
  'airflow-3.3-live': {},
  'airflow-3.3': {
    'Killed tasks': 'no task was killed',
    'Running tasks, by Dag': 'no task ran for long enough to be counted as running',
    'Tasks running': 'no task ran for long enough to be counted as running',
  },
  'airflow-3.2': { 'Killed tasks': 'no task was killed' },
  'airflow-3.1': {
    'Heartbeats per minute #3': 'there was no triggerer',
    'Killed tasks': 'Airflow 3.1 does not count tasks of LocalExecutor that are killed',
    'Triggerer #1': 'there was no triggerer',
    'Triggerer #2': 'there was no triggerer',
  },
  'airflow-2.11': {},
  'airflow-2.11-flush': {},
};

const airflow2 = { 'airflow:is_airflow2': 'it is not Airflow 2' };
const histograms = { 'airflow:timer_unit:seconds': 'durations are histograms, whose unit is in their names' };
const noKill = { 'dag_id_task_id:airflow_ti_killed:growth15m': 'the counter appears with the first killed task' };

/** Recording rules without data for a recording, and why. The alerts that fire for each recording are in alert-cases.ts. */
export const emptyRules: Readonly<Record<RecordingName, Readonly<Record<string, string>>>> = {
  'airflow-3.3-live': { ...airflow2, ...histograms },
  'airflow-3.3': { ...airflow2, ...histograms, ...noKill },
  'airflow-3.2': { ...airflow2, ...noKill },
  'airflow-3.1': { ...airflow2, ...noKill },
  'airflow-2.11': {},
  'airflow-2.11-flush': {},
};

/** The same for the dashboards about pitot and agents. provoked-alerts.test.ts has a pitot with exporters. */
export const emptyOwnPanels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pitot: {
    'Age of the last push': 'nothing is pushed',
    'Failed points': 'every exporter delivers',
    'Fill of queues': 'no exporter has a queue',
    'Lost points and samples': 'every exporter delivers',
  },
  'Remote Execution agents': {},
};

/** The same for rules about pitot and agents. */
export const emptyOwnRules: Readonly<Record<string, string>> = {
  'component:heartbeat_failure:ratio5m': 'no heartbeat of the simulated agent fails',
  'exporter:pitot_exporter_lost_items:sum': 'no exporter sends data on',
  'instance:pitot_internal_errors:sum': 'pitot has no error of its own',
};

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

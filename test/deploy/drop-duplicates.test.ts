import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Relabeling {
  readonly sourceLabels: readonly string[];
  readonly regex: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly action?: 'drop';
}

const root = new URL('../../', import.meta.url).pathname;
const { serviceMonitor } = parse(readFileSync(`${root}deploy/prometheus/values-drop-duplicates.yaml`, 'utf8'));
const relabelings: readonly Relabeling[] = serviceMonitor.metricRelabelings;

/** Whether Prometheus would keep a sample with this name. Its expressions match whole values. */
function isKept(name: string): boolean {
  const labels: Record<string, string> = { __name__: name };
  for (const { sourceLabels, regex, targetLabel, replacement, action } of relabelings) {
    const value = sourceLabels.map((label) => labels[label] ?? '').join(';');
    if (!new RegExp(`^(?:${regex})$`).test(value)) continue;
    if (action === 'drop') return false;
    labels[targetLabel!] = replacement!;
  }
  return true;
}

const samples = (recording: string): string[] => {
  const page = readFileSync(`${root}test/fixtures/recordings/${recording}/expect.metrics.txt`, 'utf8');
  return [...new Set(page.match(/^[a-z]\w*(?=[{ ])/gm))];
};

// Dags, operators, pools, executors, and hosts of the recordings, as they appear in names. In Airflow 3.2, the time since a file was parsed
// has no form with labels, so it is kept.
const inName =
  /_(every_minute|etl_orders_v2|example_astronauts|on_asset|(bash|pythondecorated|branchpythondecorated)operator|datetimesensorasync|default_pool|localexecutor|vm|dags_folder_\w+?)(_|$)/;

test.each(['airflow-3.2', 'airflow-3.3'])(
  'drops names that contain a Dag, operator, pool, or executor, and keeps all others: %s',
  (recording) => {
    const names = samples(recording);
    expect(names.filter((name) => !isKept(name))).toEqual(names.filter((name) => inName.test(name)));
    expect(names.filter((name) => !isKept(name)).length).toBeGreaterThan(50);
  },
);

test.each(['airflow-3.2', 'airflow-3.3'])('keeps a name with labels for each dropped name: %s', (recording) => {
  const kept = samples(recording).filter(isKept);
  const short = (name: string) => name.replace(/_(total|milliseconds.*)$/, '');
  const dropped = samples(recording).filter((name) => !isKept(name));
  const alone = dropped.filter((name) => {
    const plain = name
      .replace(/^airflow_dag_.+_(scheduled_)?duration/, 'airflow_task_$1duration')
      .replace(/^airflow_dagrun_.+_(first_task)/, 'airflow_dagrun_$1');
    return !kept.some((other) => short(plain).startsWith(short(other)));
  });
  expect(alone).toEqual([]);
});

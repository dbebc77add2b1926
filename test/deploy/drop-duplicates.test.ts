import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtinConfig } from '#cli/builtin-config.ts';
import { Bridge } from '../support/bridge.ts';

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

test('docs/sizing.md says how many lines of /metrics the recording results in, and how many Prometheus keeps', async () => {
  const { accumulation, classic_buckets } = parse(builtinConfig('unused')).exporters.prometheus;
  const bridge = await Bridge.start({
    prometheus: { accumulation: { ...accumulation, storage: undefined }, classic_buckets },
  });
  try {
    for (const path of globSync(`${root}test/fixtures/recordings/airflow-3.3/*.bin`).sort()) {
      const headers = { 'content-type': 'application/x-protobuf' };
      const url = `http://127.0.0.1:${bridge.ports.http}/v1/metrics`;
      const { status } = await fetch(url, { method: 'POST', headers, body: readFileSync(path) });
      expect(status).toBe(200);
    }
    const page = await (await fetch(`http://127.0.0.1:${bridge.ports.page}/metrics`)).text();
    const names = page.match(/^[a-z]\w*(?=[{ ])/gm)!;
    const sizing = readFileSync(`${root}docs/sizing.md`, 'utf8');
    const all = names.length.toLocaleString('en');
    expect(sizing).toContain(`results in ${all} lines of \`/metrics\``);
    expect(sizing).toContain(`Of the ${all} lines, ${names.filter(isKept).length}\nremain`);
  } finally {
    await bridge.stop();
  }
});

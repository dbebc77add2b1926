import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configFile } from '../support/pitot.ts';
import { runPitot } from '../support/run-command.ts';

const repository = join(import.meta.dirname, '../..');
const recordings = join(repository, 'test/fixtures/recordings');
const plain = `--config=${configFile({
  receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } },
  exporters: { prometheus: { endpoint: '0.0.0.0:8889', metric_expiration: 'never' }, debug: {} },
  service: { pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug', 'prometheus'] } } },
})}`;

/** A program that stands for the Collector: pitot without accumulation has its output, as test/conformance proves. */
function standIn(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-collector-')), 'otelcol-contrib');
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${join(repository, 'src/main.ts')}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A real Collector: COLLECTOR_BINARY, or otelcol-contrib in PATH. */
const real = [
  process.env.COLLECTOR_BINARY ?? '',
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'otelcol-contrib')),
].find((path) => path !== '' && existsSync(path));
if (real === undefined) {
  console.warn(
    'diff --collector: there is no Collector (COLLECTOR_BINARY, otelcol-contrib in PATH); its tests run with a stand-in only',
  );
}

const diff = (name: string, binary: string, ...args: string[]) =>
  runPitot(['diff', '--collector', join(recordings, name), `--binary=${binary}`, ...args]);

describe.each([['a stand-in', standIn()], ...(real === undefined ? [] : [['the Collector', real]])])(
  'with %s',
  (_, binary) => {
    test.each(['airflow-3.2', 'airflow-3.3'])('%s has no differences without accumulation', async (name) => {
      const { stdout, stderr, exitCode } = await diff(name, binary!, plain);
      expect(stdout).toMatch(/^No differences: 1\d\d metrics are the same\.\n$/);
      expect(stderr).toMatch(
        /^Sending \d+ requests of \S+ to the Collector \(.*\) …\nSending \d+ requests of \S+ to pitot …\n$/,
      );
      expect(exitCode).toBe(0);
    });

    test('with accumulation, only counters of several processes and target_info differ', async () => {
      const { stdout, exitCode } = await diff('airflow-3.2', binary!, '--json');
      const { metrics, changes } = JSON.parse(stdout);
      expect(exitCode).toBe(1);
      expect(metrics).toBeGreaterThan(100);
      const others = changes.filter(({ name }: { name: string }) => name !== 'target_info');
      expect(others.map(({ type }: { type: string }) => type)).toEqual(others.map(() => 'counter'));
      expect(changes).toContainEqual({
        name: 'airflow_operator_failures_total',
        type: 'counter',
        collector: { series: 1, sum: 1 },
        pitot: { series: 1, sum: 4 },
        labels: [],
        differingValues: 1,
      });
    });

    test('with instance IDs, series of processes become one', async () => {
      const { stdout } = await diff('airflow-3.3', binary!);
      expect(stdout).toMatch(
        /^Metric +Type +sum\(\) Collector +sum\(\) pitot +Series Collector +Series pitot +Values differ +Labels\n/,
      );
      expect(stdout).toMatch(/^airflow_asset_updates_total +counter +5 +5 +1 +1 +0 +-instance$/m);
    });
  },
);

test('a Collector that does not exist, or does not start, is one message', async () => {
  const missing = await runPitot(['diff', '--collector', join(recordings, 'airflow-3.2')], {
    env: { PATH: '/nowhere' },
  });
  expect(missing).toEqual({
    stdout: '',
    stderr: 'Error: there is no otelcol-contrib in PATH; name the Collector: --binary=/path/to/otelcol-contrib\n',
    exitCode: 2,
  });
  expect((await diff('airflow-3.2', '/nowhere/otelcol')).stderr).toBe(
    'Error: /nowhere/otelcol is not an executable file; name the Collector: --binary=/path/to/otelcol-contrib\n',
  );
  const failing = join(mkdtempSync(join(tmpdir(), 'pitot-collector-')), 'otelcol');
  writeFileSync(failing, '#!/bin/sh\necho "unknown processor" >&2; exit 1\n');
  chmodSync(failing, 0o755);
  const { stderr, exitCode } = await diff('airflow-3.2', failing);
  expect(stderr).toContain(`Error: ${failing} does not start with this configuration: unknown processor\n`);
  expect(exitCode).toBe(2);
});

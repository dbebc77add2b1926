import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../test/support/component-settings.ts';
import { Recording } from '../test/support/recording-components.ts';
import { buildInfoFor } from './build-info.ts';
import { Collector } from './collector.ts';

const running: Collector[] = [];
afterEach(() => Promise.all(running.splice(0).map((collector) => collector.shutdown())));

const text = (out = '', service = '') => `
receivers: {in: }
exporters: {out: ${out}}
service: {telemetry: {metrics: {level: none}, logs: {level: fatal}}, pipelines: {metrics: {receivers: [in], exporters: [out]}}${service}}
`;

/** Returns a collector of recording components, and a function that replaces its configuration. */
function collectorOf(first: string) {
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'config.yaml');
  const write = (next: string) => writeFileSync(file, next);
  write(first);
  const recording = new Recording();
  const collector = new Collector({
    build: buildInfoFor('pitot'),
    factories: async () => recording.factories,
    source: { locations: [file], environment: {} },
    clock: new ManualClock(),
    shutdownTimeoutMs: 10_000,
  });
  running.push(collector);
  return { collector, recording, write };
}

test('it starts, reloads and ends, one after the other', async () => {
  const { collector, recording, write } = collectorOf(text());
  expect(collector.log).toBeUndefined();
  await collector.start();
  expect(collector.log).toBeDefined();
  write(text('{value: 1}'));
  const reloaded = collector.reload();
  const ended = collector.shutdown();
  await Promise.all([reloaded, ended]);
  expect(recording.taken()).toEqual([
    'out#1 starts',
    'in#2 starts',
    'out#1 stops',
    'out#3 starts',
    'in#2 stops',
    'out#3 stops',
  ]);
  // Safe, and nothing happens.
  await collector.shutdown();
  await collector.reload();
  expect(recording.taken()).toEqual([]);
});

test('reports a component that cannot start, and stops those that have started', async () => {
  const { collector, recording } = collectorOf(text().replace('{in: }', '{in: {refuse: no port}}'));
  await expect(collector.start()).rejects.toThrow('cannot start pipelines: failed to start "in" receiver: no port');
  expect(recording.taken().slice(0, 2)).toEqual(['out#1 starts', 'in#2 refuses']);
  expect(recording.events.length).toBe(0);
});

test('a reload that fails changes nothing and rejects never', async () => {
  const { collector, recording, write } = collectorOf(text());
  await collector.start();
  recording.taken();
  for (const bad of ['a: [', text('', ', foo: 1'), text('{refuse: no port}')]) {
    write(bad);
    await collector.reload();
    await recording.send.get('in')!('x');
    expect(recording.taken().at(-1)).toMatch(/^out#\d got x$/);
  }
});

test('stops the collector when a component cannot continue', async () => {
  const { collector, recording } = collectorOf(text());
  await collector.start();
  recording.hosts.get('in#2')!.fatal(new Error('lost its port'));
  await expect(collector.failed).rejects.toThrow('lost its port');
});

test('validating builds everything and starts nothing', async () => {
  const { collector, recording, write } = collectorOf(text());
  await collector.validate();
  expect(recording.taken()).toEqual([]);
  write(text().replace('pipelines: {metrics:', 'pipelines: {logs:'));
  await expect(collector.validate()).rejects.toThrow(
    'failed to build pipelines: failed to create "out" exporter for data type "logs": telemetry type is not supported',
  );
});

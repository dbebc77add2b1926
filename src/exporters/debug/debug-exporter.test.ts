import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Component, ComponentSettings, LogFields } from '#component/component.ts';
import { type Consumer, noClientContext } from '#component/consumer.ts';
import { parseConfig } from '#config/schema.ts';
import { type Attributes, noAttributes } from '#pdata/attributes.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { ManualClock, testSettings } from '../../../test/support/component-settings.ts';
import { debugConfig } from './config.ts';
import { debugMetrics } from './debug-exporter.ts';

const host = { extension: () => undefined, fatal: () => {} };
const soon = () => new AbortController().signal;

function exporter(raw: object, settings: ComponentSettings): Component & Consumer<Metrics> {
  const config = parseConfig(debugConfig, raw);
  if (!config.ok) throw new Error(config.failure.message);
  return debugMetrics(config.value, settings);
}

/** Settings whose logger keeps what is printed. */
function printing({ clock = new ManualClock(), isEnabled = true } = {}) {
  const printed: { text: string; fields: LogFields | undefined }[] = [];
  const settings = testSettings('debug', clock);
  const print = (message: string | Uint8Array, fields?: LogFields) =>
    void printed.push({ text: Buffer.from(message as string).toString('latin1'), fields });
  return { printed, settings: { ...settings, logger: { ...settings.logger, print, isEnabled: () => isEnabled } } };
}

function gauge(value: bigint, attributes: Attributes = noAttributes): Metrics {
  const point = { attributes, startTimeUnixNano: 0n, timeUnixNano: 0n, flags: 0, value, exemplars: [] };
  const descriptor = { name: 'g', description: '', unit: '', metadata: noAttributes };
  const scope = { name: '', version: '', attributes: noAttributes, droppedAttributesCount: 0 };
  const metrics = [{ type: 'Gauge', descriptor, dataPoints: [point] } as const];
  const resource = { attributes: noAttributes, droppedAttributesCount: 0, entityRefs: [] };
  return {
    resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics, schemaUrl: '' }], schemaUrl: '' }],
    dataPointCount: 1,
  };
}

const counts = { 'resource metrics': 1, metrics: 1, 'data points': 1 };

test('basic prints one entry with counts for each request', async () => {
  const { printed, settings } = printing();
  const debug = exporter({}, settings);
  await debug.start(host);
  expect(debug.consume(gauge(1n), noClientContext)).toBeUndefined();
  expect(printed).toEqual([{ text: 'Metrics', fields: counts }]);
});

test('normal and detailed print the body as a second entry without fields', () => {
  const { printed, settings } = printing();
  exporter({ verbosity: 'normal' }, settings).consume(gauge(7n), noClientContext);
  expect(printed[1]).toEqual({ text: 'ResourceMetrics #0\nScopeMetrics #0\ng{} 7\n', fields: undefined });
  exporter({ verbosity: 'detailed' }, settings).consume(gauge(7n), noClientContext);
  expect(printed[3]!.text).toContain('NumberDataPoints #0\nStartTimestamp: 1970-01-01 00:00:00 +0000 UTC\n');
});

test('bytes that are not UTF-8 pass through unchanged', () => {
  const { printed, settings } = printing();
  const attributes = { entries: [{ key: 'k\udcff', value: 'v\udc80é' }] };
  exporter({ verbosity: 'normal' }, settings).consume(gauge(1n, attributes), noClientContext);
  expect(printed[1]!.text).toContain('g{k\xff=v\x80\xc3\xa9} 1\n');
});

test('does not format entries that the level hides', () => {
  const { printed, settings } = printing({ isEnabled: false });
  exporter({ verbosity: 'detailed' }, settings).consume(gauge(1n), noClientContext);
  expect(printed).toEqual([]);
});

test('sampling counts each text separately and starts again after a second', () => {
  const clock = new ManualClock();
  const { printed, settings } = printing({ clock });
  const debug = exporter({ verbosity: 'normal', sampling_initial: 1, sampling_thereafter: 3 }, settings);
  const take = (value: bigint) => {
    printed.length = 0;
    debug.consume(gauge(value), noClientContext);
    return printed.map(({ text }) => text.split('\n').at(-2) ?? text);
  };
  expect(take(1n)).toEqual(['Metrics', 'g{} 1']);
  expect(take(1n)).toEqual([]);
  expect(take(2n)).toEqual(['g{} 2']);
  expect(take(1n)).toEqual(['Metrics']);
  clock.advance(1000);
  expect(take(1n)).toEqual(['Metrics', 'g{} 1']);
});

test.each([{ sampling_thereafter: 1 }, { sampling_initial: -1, sampling_thereafter: 0 }])(
  '%j writes everything',
  (raw) => {
    const { printed, settings } = printing();
    const debug = exporter(raw, settings);
    for (let i = 0; i < 50; i++) debug.consume(gauge(1n), noClientContext);
    expect(printed.length).toBe(50);
  },
);

test('own outputs receive all entries, without time and level', async () => {
  const paths = ['a.txt', 'b.txt'].map((name) => join(mkdtempSync(join(tmpdir(), 'pitot-')), name));
  const raw = { verbosity: 'normal', use_internal_logger: false, output_paths: paths };
  const debug = exporter(raw, testSettings('debug'));
  await debug.start(host);
  debug.consume(gauge(7n), noClientContext);
  await debug.shutdown(soon());
  await debug.shutdown(soon());
  const expected =
    'Metrics\t{"resource metrics": 1, "metrics": 1, "data points": 1}\nResourceMetrics #0\nScopeMetrics #0\ng{} 7\n\n';
  expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual([expected, expected]);
});

test('an output that cannot be opened is an error that names it, at start', async () => {
  const raw = { use_internal_logger: false, output_paths: ['/no/such/folder/x'] };
  const debug = exporter(raw, testSettings('debug'));
  await expect(debug.start(host)).rejects.toThrow(/couldn't open sink "\/no\/such\/folder\/x": .*no such file/);
  await debug.shutdown(soon());
});

test('an output that fails loses entries, counted, and nothing else', async () => {
  const settings = testSettings('debug');
  const debug = exporter({ use_internal_logger: false, output_paths: ['/dev/full'] }, settings);
  await debug.start(host);
  debug.consume(gauge(1n), noClientContext);
  await debug.shutdown(soon());
  const labels = { exporter: 'debug', reason: 'output_failed' };
  expect(settings.measured('pitot_exporter_debug_dropped_bytes_total', labels)).toBeGreaterThan(0);
});

test('with a queue requests are printed later, and shutdown prints what waits', async () => {
  const { printed, settings } = printing();
  const debug = exporter({ sending_queue: { queue_size: 2 } }, settings);
  await debug.consume(gauge(1n), noClientContext);
  await debug.consume(gauge(1n), noClientContext);
  const labels = { data_type: 'metrics', exporter: 'debug' };
  expect(settings.measured('otelcol_exporter_queue_size', labels)).toBe(2);
  expect(settings.measured('otelcol_exporter_queue_capacity', labels)).toBe(2);
  await expect(debug.consume(gauge(1n), noClientContext)).rejects.toThrow('sending queue is full');
  expect(settings.measured('otelcol_exporter_enqueue_failed_metric_points', { exporter: 'debug' })).toBe(1);
  expect(printed).toEqual([]);
  await debug.shutdown(soon());
  expect(printed.length).toBe(2);
});

test('shutdown before start is safe', async () => {
  await exporter({ use_internal_logger: false }, testSettings('debug')).shutdown(soon());
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { negotiateFormat } from '#prometheus/exposition/negotiate-format.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { renderExposition } from '../../../test/support/render-exposition.ts';
import { prometheusConfig } from './config.ts';
import { PrometheusExporter } from './prometheus-exporter.ts';

/*
 * The conformance cases without a process: requests → decoder → store → formats. test/conformance compares the same
 * over HTTP; this test finds errors in milliseconds.
 */

const folder = join(import.meta.dirname, '../../../test/conformance/cases');
const recordings = join(import.meta.dirname, '../../../test/fixtures/recordings');

const accepts = {
  'expect.metrics.txt': 'text/plain;version=0.0.4',
  'expect.openmetrics.txt': 'application/openmetrics-text;version=1.0.0',
  'expect.metrics.pb': 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
} as const;

function exporterOf(settings: object): PrometheusExporter {
  const parsed = parseConfig(prometheusConfig, { endpoint: 'localhost:0', ...settings });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return new PrometheusExporter(parsed.value, testSettings('prometheus'));
}

function page(exporter: PrometheusExporter, file: keyof typeof accepts, settings: object): string {
  const offersOpenMetrics = 'enable_open_metrics' in settings;
  const families = [...exporter.store.collect(0)];
  return renderExposition(negotiateFormat(accepts[file], { offersOpenMetrics }), families);
}

/** Cases in which the output of the Collector does not vary. */
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'expect.metrics.txt')));

describe.each(names)('%s', (name) => {
  const read = (file: string) => readFileSync(join(folder, name, file));
  const { prometheus, requests } = JSON.parse(read('case.json').toString());
  const exporter = exporterOf(prometheus);
  const decoder = new MetricsDecoder();
  for (const request of requests) exporter.consume(decoder.decode(read(request)));

  const answered = Object.keys(accepts).filter((file) => existsSync(join(folder, name, file)));
  test.each(answered as (keyof typeof accepts)[])('%s', (file) => {
    expect(page(exporter, file, prometheus)).toBe(read(file).toString('latin1'));
  });
});

/** Recordings with the Collector's answers; others were made of Airflow without a Collector. */
const answered = readdirSync(recordings).filter((name) => existsSync(join(recordings, name, 'expect.metrics.txt')));
test.each(answered)('recording %s', (name) => {
  const exporter = exporterOf({});
  const decoder = new MetricsDecoder();
  const lines = readFileSync(join(recordings, name, 'index.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  for (const line of lines) {
    exporter.consume(decoder.decode(readFileSync(join(recordings, name, JSON.parse(line).file))));
  }
  const expected = readFileSync(join(recordings, name, 'expect.metrics.txt'), 'latin1');
  expect(page(exporter, 'expect.metrics.txt', {})).toBe(expected);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { debugExporterFactory } from '#exporters/debug/factory.ts';
import { prometheusExporterFactory } from '#exporters/prometheus/factory.ts';
import { batchProcessorFactory } from '#processors/batch/factory.ts';
import { otlpReceiverFactory } from '#receivers/otlp/factory.ts';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';
import { resolveConfig } from './resolve-config.ts';
import { requireValid } from './validate-whole.ts';

const factories = {
  receivers: [otlpReceiverFactory],
  processors: [batchProcessorFactory],
  exporters: [debugExporterFactory, prometheusExporterFactory],
  extensions: [],
} as never;

/** Returns the hints without the folder of the files. */
async function hints(...texts: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-'));
  const locations = texts.map((text, index) => {
    if (text.startsWith('yaml:')) return text;
    const file = join(folder, `${index}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  try {
    requireValid(loadConfig(await resolveConfig({ locations, environment: {} }), factories));
  } catch (error) {
    if (error instanceof ConfigError) return error.hints.map((hint) => hint.replaceAll(`${folder}/`, ''));
    throw error;
  }
  return [];
}

const good = `receivers:
  otlp:
    protocols: {http: }
processors:
  batch:
exporters:
  debug:
  prometheus:
    endpoint: 127.0.0.1:0
service:
  pipelines:
    metrics:
      receivers: [otlp]
      exporters: [debug, prometheus]
`;

test('names the form of a file that only contains a configuration', async () => {
  const only = async (text: string, want: string) => {
    expect(await hints(text)).toEqual([`hint: 0.yaml: this is ${want}`]);
  };
  await only(
    'mode: deployment\nconfig: {receivers: {}}\n',
    'a Helm values file; the content of its config is the configuration',
  );
  await only(
    'apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nspec: {config: {}}\n',
    'a resource of the OpenTelemetry Operator; the content of its spec.config is the configuration',
  );
  await only('kind: ConfigMap\ndata: {}\n', 'a ConfigMap; the text under its data is the configuration');
  await only('apiVersion: v1\nkind: Service\n', 'a Kubernetes resource of the kind "Service", not a configuration');
  await only(
    'opentelemetry-collector:\n  mode: deployment\n  config: {exporters: {}}\n',
    'a Helm values file; the content of its opentelemetry-collector.config is the configuration',
  );
  await only('services: {pitot: {image: x}}\n', 'a Compose file, not a configuration');
});

test('nothing is said about what is right', async () => {
  expect(await hints(good)).toEqual([]);
});

test('an unknown key: its place, and the key that was meant', async () => {
  const f = async (from: string, to: string, want: string) =>
    expect(await hints(good.replace(from, to))).toEqual([`hint: 0.yaml:${want}`]);
  await f(
    '    endpoint: 127.0.0.1:0',
    '    endpoint: 127.0.0.1:0\n    metrics_expiration: 1m',
    '10:5: exporters::prometheus::metrics_expiration: did you mean "metric_expiration"?',
  );
  await f(
    '{http: }',
    '{http: {max_request_size: 5}}',
    '3:24: receivers::otlp::protocols::http::max_request_size: did you mean "max_request_body_size"?',
  );
  await f('{http: }', '{http: {colour: red}}', '3:24: receivers::otlp::protocols::http::colour');
  await f('{http: }', '{htp: }', '3:17: receivers::otlp::protocols::htp: did you mean "http"?');
  await f('receivers:\n  otlp', 'reciever: {}\nreceivers:\n  otlp', '1:1: reciever: did you mean "receivers"?');
  await f(
    '      receivers',
    '      processor: [batch]\n      receivers',
    '13:7: service::pipelines::metrics::processor: did you mean "processors"?',
  );
  await f('service:', 'service:\n  telemetri: {}', '11:3: service::telemetri: did you mean "telemetry"?');
});

test('a value of the wrong type: names the expected form', async () => {
  const f = async (line: string, want: string) =>
    expect(await hints(good.replace('127.0.0.1:0', `127.0.0.1:0\n    ${line}`))).toEqual([
      `hint: 0.yaml:10:5: exporters::prometheus::${want}`,
    ]);
  await f('namespace: 5', 'namespace: put the value in quotes');
  await f('send_timestamps: "true"', 'send_timestamps: write true or false, without quotes');
  await f('max_series: "5"', 'max_series: write a number, without quotes');
  await f('metric_expiration: 5x', 'metric_expiration: write a duration such as "5m", "1h30m" or "500ms"');
});

test('an unknown type or name', async () => {
  const f = async (from: string, to: string, want: string) =>
    expect(await hints(good.replace(from, to))).toEqual([`hint: 0.yaml:${want}`]);
  await f('  prometheus:', '  promethus:', '8:3: exporters::promethus: did you mean "prometheus"?');
  await f('[otlp]', '[oltp]', '13:7: service::pipelines::metrics::receivers: did you mean "otlp"?');
  await f('[debug, prometheus]', '[debug/x]', '14:7: service::pipelines::metrics::exporters: did you mean "debug"?');
  await f('[otlp]', '[kafka]', '13:7: service::pipelines::metrics::receivers: receivers has "otlp"');
  await f(
    'service:\n',
    'service:\n  extensions: [health_check]\n',
    '11:3: service::extensions: there is no section "extensions"',
  );
});

test('a setting that is checked at the end has its place too', async () => {
  expect(await hints(good.replace('  debug:', '  debug: {verbosity: none}'))).toEqual([
    'hint: 0.yaml:7:3: exporters::debug',
  ]);
  expect(await hints('exporters: {debug: }\n')).toEqual(['hint: write a section "receivers" at the top level']);
});

test('the last source that has the key is named, whether file or text', async () => {
  const bad = 'exporters: {prometheus: {namespace: 5}}\n';
  expect(await hints(good, bad)).toEqual([
    'hint: 1.yaml:1:26: exporters::prometheus::namespace: put the value in quotes',
  ]);
  expect(await hints(bad, good)).toEqual([
    'hint: 0.yaml:1:26: exporters::prometheus::namespace: put the value in quotes',
  ]);
  const set = 'yaml:exporters::prometheus::namespace: 5';
  expect(await hints(good, set)).toEqual([
    `hint: ${set}:1:1: exporters::prometheus::namespace: put the value in quotes`,
  ]);
});

test('a text that is no YAML', async () => {
  const f = async (text: string, want: string) => expect(await hints(text)).toEqual([`hint: 0.yaml${want}`]);
  await f('a:\n\tb: 1\n', ':2:1: indent with blanks, not tabs; enclose a value that begins with @, ` or % in quotes');
  await f('a: [1,\n', ':1:4: the bracket that opens here is never closed, or a value is missing');
  await f('a: b: c\n', ':1:4: enclose a value that contains a colon and a blank in quotes');
  await f('a: "b\n', ':2:1: the quote that opens here is never closed');
  await f('a: 1\na: 2\n', ':2:1: keep one of the two');
  expect(await hints('a: *x\n')).toEqual([]);
});

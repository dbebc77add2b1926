import { join } from 'node:path';
import { expect, test } from 'vitest';
import { factoriesFor } from '#components.ts';
import { readAnswers } from '../../test/conformance/answers.ts';
import { configurationCases } from '../../test/conformance/config/configurations.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { configText, printedConfig } from './printed-config.ts';
import { resolveConfig } from './resolve-config.ts';

const components = await factoriesFor();

async function load(text: string, environment: Readonly<Record<string, string>> = {}): Promise<LoadedConfig> {
  return loadConfig(await resolveConfig({ locations: [`yaml:${text}`], environment }), components);
}

type Printed = { receivers: { otlp: { protocols: { http: { response_headers: unknown } } } } };

const folder = join(import.meta.dirname, '../../test/conformance/config');
const answers = readAnswers<{ exitCode: number }>(folder).newest;
/** Configurations that the collector accepts, and that have no other files. */
const good = configurationCases.filter(({ name, args }) => args === undefined && answers[name]!.exitCode === 0);

test.each(good.map((asked) => [asked.name, asked] as const))(
  '%s: the printed configuration has the same meaning',
  async (_, asked) => {
    const printed = printedConfig(await load(asked.files['config.yaml']!, asked.env), { showSecrets: true });
    // A dollar sign that is printed is one: in a configuration it is written twice.
    const again = await load(configText(printed, 'yaml').replaceAll('$', '$$$$'));
    expect(printedConfig(again, { showSecrets: true })).toEqual(printed);
  },
);

test('defaults are filled in, keys sorted, secrets hidden', async () => {
  const text = `
receivers: {otlp: {protocols: {http: {response_headers: {b: secret, a: other}}}}}
exporters: {debug: }
service: {pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}
`;
  const shown = (showSecrets: boolean) =>
    load(text).then((loaded) => printedConfig(loaded, { showSecrets }) as Printed);
  expect(Object.keys(await shown(false))).toEqual([
    'connectors',
    'exporters',
    'extensions',
    'processors',
    'receivers',
    'service',
  ]);
  expect(await shown(false)).toMatchObject({
    exporters: { debug: { verbosity: 'Basic', sending_queue: { enabled: false } } },
    receivers: {
      otlp: {
        protocols: {
          grpc: { enabled: false },
          http: { endpoint: 'localhost:4318', keepalive: { idle_timeout: '1m0s' } },
        },
      },
    },
  });
  const headers = async (showSecrets: boolean) =>
    (await shown(showSecrets)).receivers.otlp.protocols.http.response_headers;
  expect(await headers(false)).toEqual([
    { name: 'a', value: '[REDACTED]' },
    { name: 'b', value: '[REDACTED]' },
  ]);
  expect(await headers(true)).toEqual([
    { name: 'a', value: 'other' },
    { name: 'b', value: 'secret' },
  ]);
});

test('numbers keep their kinds, and never is never', async () => {
  const text = `
receivers: {otlp: {protocols: {http: }}}
processors: {attributes: {actions: [{key: a, value: 9223372036854775807, action: insert}, {key: b, value: 1.0, action: insert}]}}
exporters: {prometheus: {endpoint: "127.0.0.1:0", metric_expiration: never}}
service: {pipelines: {metrics: {receivers: [otlp], processors: [attributes], exporters: [prometheus]}}}
`;
  const yaml = configText(printedConfig(await load(text), { showSecrets: false }), 'yaml');
  expect(yaml).toContain('value: 9223372036854775807\n');
  expect(yaml).toContain('value: 1.0\n');
  expect(yaml).toContain('metric_expiration: never\n');
  const json = configText(printedConfig(await load(text), { showSecrets: false }), 'json');
  expect(JSON.parse(json).exporters.prometheus.metric_expiration).toBe('never');
});

test('texts have the quotes that the Collector writes', () => {
  const quoted = (text: string) => configText([text], 'yaml').replace(/^ *- +|\n$/g, '');
  for (const text of ['%x', '{y', '@z', '`q', '[a', '#x', '& x', '- x', 'a: b', '!x', 'x #y', ' x', 'a:', ']x']) {
    expect(quoted(text)).toBe(`'${text}'`);
  }
  for (const text of [
    '1',
    '1.5',
    'true',
    'null',
    '~',
    '',
    'yes',
    'y',
    'Off',
    '1_000',
    '2024-01-02',
    '12:30:45',
    '<<',
  ]) {
    expect(quoted(text)).toBe(`"${text}"`);
  }
  for (const text of ['x', "it's {", 'a,b', ':a', 'é']) expect(quoted(text)).toBe(text);
  expect(quoted("{it's")).toBe("'{it''s'");
});

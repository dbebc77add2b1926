import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtinConfig } from '#cli/builtin-config.ts';
import { factoriesFor } from '#components.ts';
import { configurationSchema } from './json-schema.ts';

const components = await factoriesFor();

const root = join(import.meta.dirname, '../..');
const schema = configurationSchema(components);
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

/** The first errors of a configuration. */
function errorsOf(config: unknown): string[] {
  validate(config);
  return (validate.errors ?? [])
    .slice(0, 5)
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

const configurations = readdirSync(join(root, 'config')).map((name) => join('config', name));

describe('accepts what pitot accepts', () => {
  test.each([...configurations, 'packaging/deb/config.yaml'])('%s', (file) => {
    expect(errorsOf(parse(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('the built-in configuration', () => {
    expect(errorsOf(parse(builtinConfig('/var/lib/pitot')))).toEqual([]);
  });

  test('references to variables, names, and components that pitot does not support', () => {
    const config = {
      receivers: { 'otlp/a': { protocols: { http: { max_request_body_size: '${env:SIZE}' } } }, kafka: { a: 1 } },
      exporters: { prometheus: { endpoint: '0.0.0.0:1', enable_open_metrics: '${env:A}', metric_expiration: '5m' } },
      service: { pipelines: { 'metrics/b': { receivers: ['otlp/a'], exporters: ['prometheus'] } } },
    };
    expect(errorsOf(config)).toEqual([]);
  });
});

test.each<[string, object]>([
  ['an unknown key of a component', { exporters: { prometheus: { endpont: '0.0.0.0:1' } } }],
  ['an unknown key of a named component', { receivers: { 'otlp/a': { protocols: { htpp: {} } } } }],
  ['a wrong type', { processors: { batch: { send_batch_size: true } } }],
  ['an unknown section', { exporter: {} }],
])('refuses %s', (_, config) => {
  expect(errorsOf(config)).not.toEqual([]);
});

test('has meanings, defaults, and settings without effect for an editor', () => {
  const text = JSON.stringify(schema);
  expect(text).toContain('"description":"Extensions to start, in order."');
  expect(text).toContain('"deprecated":true');
  expect(text).toContain('"default":"200ms"');
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { factoriesFor } from '#components.ts';
import { metadataOf } from '#config/schema.ts';
import { serviceConfig } from '#config/service-config.ts';

const components = await factoriesFor();

/*
 * keys.txt: every key that the Collector 0.165 accepts in the components of this list, from its types, without the parts of a
 * configuration that pitot does not read (samplers, views, log processors). `[]` is an element of a list.
 */

const keys = readFileSync(join(import.meta.dirname, 'keys.txt'), 'utf8')
  .trimEnd()
  .split('\n');

/** Returns the schema of `receivers/otlp`, or of `service/telemetry`. */
function schemaOf(place: string): z.ZodType | undefined {
  const [section = '', type = ''] = place.split('/');
  if (section === 'service') return metadataOf(serviceConfig).shape?.[type];
  const factories = components[section as 'receivers' | 'processors' | 'exporters' | 'extensions'];
  return factories.find((each) => [each.type, ...(each.aliases ?? []), ...(each.laterNames ?? [])].includes(type))
    ?.configSchema;
}

function accepts(path: string): boolean {
  const [place = '', ...rest] = path.split('::');
  let schema = schemaOf(place);
  for (const key of rest.flatMap((part) => part.split(/(?=\[\])/))) {
    if (schema === undefined) return false;
    const { kind, item, shape } = metadataOf(schema);
    if (kind === 'any') return true;
    schema = key === '[]' ? item : kind === 'map' ? item : shape?.[key];
  }
  return schema !== undefined;
}

test('pitot accepts every key of the Collector 0.165', () => {
  expect(keys.length).toBeGreaterThan(1600);
  expect(keys.filter((key) => !accepts(key))).toEqual([]);
});

test('an unknown key is recognized as one', () => {
  expect(accepts('receivers/otlp::protocols::http::endpoints')).toBe(false);
  expect(accepts('receivers/otlp::protocols::http::cors::allowed_origins')).toBe(true);
});

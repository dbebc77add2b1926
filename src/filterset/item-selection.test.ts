import { expect, test } from 'vitest';
import { config as group, nullable, parseConfig } from '#config/schema.ts';
import { noAttributes } from '#pdata/attributes.ts';
import { attributesFilter } from './attributes-filter.ts';
import { logSelection, metricSelection, spanSelection } from './item-selection.ts';
import { matchProperties } from './match-config.ts';

const schema = group('test', { include: nullable(matchProperties), exclude: nullable(matchProperties) });

function config(raw: object) {
  const parsed = parseConfig(schema, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const metricsOnly =
  '"span_names", "span_kinds", "log_bodies", "log_severity_texts", "log_severity_number", "services", "attributes" and "libraries" are not valid for metrics';
const needed = 'at least one of "metric_names" or "resources" field must be specified';
const matchType = (name: string) => `unrecognized match_type: '${name}', valid types are: [regexp strict]`;

/* The messages for metrics are the Collector's. */
test.each([
  [{}, needed],
  [{ metric_names: ['a'] }, matchType('')],
  [{ match_type: 'foo', metric_names: ['a'] }, matchType('foo')],
  [{ match_type: 'strict', attributes: [{ key: 'a', value: 1 }] }, metricsOnly],
])('metrics: %j', (include, message) => {
  expect(() => metricSelection(config({ include }))).toThrow(new Error(message));
});

test.each([
  [{ match_type: 'strict' }, 'at least one of "attributes", "libraries",  or "resources" field must be specified'],
  [{ match_type: 'strict', log_bodies: ['x'] }, 'log_bodies should not be specified for trace spans'],
  [{ match_type: 'strict', metric_names: ['x'] }, 'metric_names should not be specified for trace spans'],
  [{ match_type: 'strict', span_kinds: ['server'] }, 'span_kinds string must match one of the standard span kinds'],
  [{ match_type: 'strict', attributes: [{ value: 1 }] }, "can't have empty key in the list of attributes"],
  [{ match_type: 'regexp', attributes: [{ key: 'a', value: 1 }] }, 'for "a" only supports Str, but found Int'],
  [{ attributes: [{ key: 'a', value: 1 }] }, matchType('')],
])('spans: %j', (exclude, message) => {
  expect(() => spanSelection(config({ exclude }))).toThrow(message);
});

test.each([
  [
    { match_type: 'strict', span_names: ['x'] },
    'services, span_names, span_kinds and metric_names are not valid for log',
  ],
  [{ match_type: 'strict' }, 'at least one of "attributes", "libraries", "span_kinds", "resources", "log_bodies"'],
])('records: %j', (include, message) => {
  expect(() => logSelection(config({ include }))).toThrow(message);
});

test.each<[number, string]>([
  [0.1, '0.1'],
  [-1.5e-7, '-0.00000015'],
  [1e21, '1000000000000000000000'],
  [-1.25e22, '-12500000000000000000000'],
  [-0, '-0'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NaN, 'NaN'],
])('patterns see the double %d as %s', (value, text) => {
  const escaped = text.replace(/[.+]/g, '\\$&');
  const { include } = config({ include: { match_type: 'regexp', attributes: [{ key: 'a', value: `^${escaped}$` }] } });
  const filter = attributesFilter(include!.attributes, include!)!;
  expect(filter({ entries: [{ key: 'a', value }] })).toBe(true);
  expect(filter(noAttributes)).toBe(false);
});

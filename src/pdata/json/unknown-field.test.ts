import { expect, test } from 'vitest';
import { unknownMetricsField } from './unknown-field.ts';

test.each([
  ['{}', undefined],
  [
    '{"resourceMetrics":[{"scope_metrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":"1"}]}}]}]}]}',
    undefined,
  ],
  ['{"resourceSpans":[]}', 'resourceSpans'],
  ['{"metrics":[{"name":"a","value":1}]}', 'metrics'],
  ['{"resourceMetrics":[{"instrumentationLibraryMetrics":[]}]}', 'instrumentationLibraryMetrics'],
  ['{"resourceMetrics":[{},{"scopeMetrics":[{"metrics":[{"gauge":{"datapoints":[]}}]}]}]}', 'datapoints'],
  ['[{"a":1}]', 'a'],
  ['7', undefined],
  ['{"a":', undefined],
  [`{"a":"${'x'.repeat(70_000)}"}`, undefined],
])('%s', (json, expected) => expect(unknownMetricsField(Buffer.from(json))).toBe(expected));

test('JSON that contains itself deeply has an end', () => {
  const depth = 3_000;
  const json = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
  expect(unknownMetricsField(Buffer.from(json.slice(0, 65_000)))).toBeUndefined();
});

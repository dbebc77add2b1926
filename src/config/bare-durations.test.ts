import { expect, test } from 'vitest';
import { bareDurations } from './bare-durations.ts';
import { GoFloat } from './raw-value.ts';
import { config, duration, list } from './schema.ts';

const schema = config('x', {
  timeout: duration('1s'),
  groups: list(config('y', { interval: duration(0) })),
});
const keys = (raw: unknown) => bareDurations(schema, raw, ['exporters', 'x']).map(({ fields }) => fields);

test('reports a small number without a unit, also in lists of groups', () => {
  expect(keys({ timeout: 300, groups: [{}, { interval: 5 }] })).toEqual([
    { key: 'exporters::x::timeout', value: '300ns', use: '300s, 300ms or 300ns' },
    { key: 'exporters::x::groups::1::interval', value: '5ns', use: '5s, 5ms or 5ns' },
  ]);
});

test('does not report zero, a time of at least one second, or a text', () => {
  expect(keys({ timeout: 0 })).toEqual([]);
  expect(keys({ timeout: 5_000_000_000 })).toEqual([]);
  expect(keys({ timeout: '300ns' })).toEqual([]);
  expect(keys({ timeout: null })).toEqual([]);
  expect(keys(undefined)).toEqual([]);
  expect(keys({ timeout: new GoFloat(0) })).toEqual([]);
});

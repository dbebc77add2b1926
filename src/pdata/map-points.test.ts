import { expect, test } from 'vitest';
import { counter, gauge, number, request, resource, scope } from '../../test/support/pdata.ts';
import { mapMetrics, withDataPoints } from './map-points.ts';
import type { Metrics } from './metrics.ts';
import { withoutKey } from './without-key.ts';

const given = request(
  { resource: resource({ r: '1' }), scope: scope('s') },
  gauge('a', number(1n), number(2n)),
  counter('b', number(3n)),
);

test('replaces metrics one by one, with their scope and resource', () => {
  const seen: string[] = [];
  const changed = mapMetrics(given, (metric, envelope) => {
    seen.push(`${envelope.resource.attributes.entries[0]!.value} ${envelope.scope.name} ${metric.descriptor.name}`);
    return withDataPoints(metric, metric.dataPoints.slice(0, 1));
  });
  expect(seen).toEqual(['1 s a', '1 s b']);
  expect(changed.dataPointCount).toBe(2);
  expect(changed.resourceMetrics[0]!.scopeMetrics[0]!.metrics.map(({ dataPoints }) => dataPoints.length)).toEqual([
    1, 1,
  ]);
  expect(given.dataPointCount).toBe(3);
});

test('omits empty scopes and resources, but not a metric without points', () => {
  const only = (name: string): Metrics =>
    mapMetrics(given, (metric) => (metric.descriptor.name === name ? metric : undefined));
  expect(only('a').resourceMetrics[0]!.scopeMetrics[0]!.metrics).toHaveLength(1);
  expect(only('none')).toEqual({ resourceMetrics: [], dataPointCount: 0 });
  expect(mapMetrics(given, (metric) => withDataPoints(metric, [])).resourceMetrics).toHaveLength(1);
});

test('other data points keep the rest of the metric, or change it', () => {
  const metric = counter('m', number(1n));
  expect(withDataPoints(metric, [])).toEqual({ ...metric, dataPoints: [] });
  expect(withDataPoints(metric, [], { aggregationTemporality: 1 })).toMatchObject({
    type: 'Sum',
    aggregationTemporality: 1,
  });
});

test('the last entry moves to the position of a removed one', () => {
  const entries = ['a', 'b', 'c', 'b'].map((key, value) => ({ key, value: BigInt(value) }));
  const f = (key: string, keys: string) =>
    expect(
      withoutKey(entries, key)
        .map((entry) => entry.key + entry.value)
        .join(' '),
    ).toBe(keys);
  f('a', 'b3 b1 c2');
  f('b', 'a0 b3 c2');
  f('c', 'a0 b1 b3');
  expect(withoutKey(entries, 'x')).toBe(entries);
  expect(withoutKey(entries.slice(0, 1), 'a')).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { contextOf, holds, type Item, run } from '../../test/support/ottl.ts';
import {
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
  resource,
  scope,
  summary,
  summaryPoint,
} from '../../test/support/pdata.ts';
import { compileCondition } from './compile.ts';
import type { ContextName } from './context.ts';

const item: Item = {
  resource: { ...resource({ 'service.name': 'svc' }), droppedAttributesCount: 3 },
  scope: scope('sc', '1.2', { k: 'v' }),
  metric: counter({ name: 'm', description: 'd', unit: 'u' }, number(5n)),
};
const f = (context: ContextName, condition: string, of: Item = item) =>
  expect(holds(context, of, condition), condition).toBe(true);

describe('reading', () => {
  test('resource and scope, from every context below', () => {
    for (const context of ['resource', 'scope', 'metric', 'datapoint'] as const) {
      f(context, 'resource.attributes["service.name"] == "svc" and resource.dropped_attributes_count == 3');
      f(context, 'resource.schema_url == "r" and cache["x"] == nil');
      if (context === 'resource') continue;
      f(context, 'scope.name == "sc" and scope.version == "1.2" and scope.attributes["k"] == "v"');
      if (context !== 'scope') f(context, 'instrumentation_scope.version == "1.2"');
      f(context, 'scope.schema_url == "s" and scope.dropped_attributes_count == 0');
    }
    f('resource', 'attributes["service.name"] == "svc" and schema_url == "r"');
    f('scope', 'name == "sc"');
  });

  test('metrics', () => {
    f('metric', 'name == "m" and description == "d" and unit == "u" and type == METRIC_DATA_TYPE_SUM');
    f('metric', 'aggregation_temporality == AGGREGATION_TEMPORALITY_CUMULATIVE and is_monotonic == true');
    f('metric', 'Len(data_points) == 1 and metadata["x"] == nil');
    f('datapoint', 'metric.name == "m" and metric.type == METRIC_DATA_TYPE_SUM');
    f('metric', 'is_monotonic == nil and aggregation_temporality == nil', { metric: gauge('g', number(1n)) });
  });

  test('points of every type', () => {
    f('datapoint', 'value_int == 5 and value_double == 0.0 and flags == FLAG_NONE and count == nil and sum == nil');
    f('datapoint', 'value_double == 1.5 and value_int == 0', { point: number(1.5) });
    f('datapoint', 'time_unix_nano - start_time_unix_nano == 1000000000 and time - start_time == Duration("1s")');
    const h = histogram('h', histogramPoint());
    f('datapoint', 'count == 3 and sum == 1.5', { metric: h });
    f('datapoint', 'Len(bucket_counts) == 3 and Len(explicit_bounds) == 2 and value_int == nil', { metric: h });
    const e = exponential('e', exponentialPoint({ scale: -1, zeroCount: 4 }));
    f('datapoint', 'scale == -1 and zero_count == 4 and positive.offset == 0 and Len(positive.bucket_counts) == 3', {
      metric: e,
    });
    f('datapoint', 'Len(negative.bucket_counts) == 0 and Len(exemplars) == 0', { metric: e });
    const s = summary('s', summaryPoint());
    f('datapoint', 'Len(quantile_values) == 1 and scale == nil', { metric: s });
  });
});

describe('setting', () => {
  const context = (name: ContextName, statement: string, of: Item = item) => run(name, of, statement);

  test('resource and scope', () => {
    expect(context('resource', 'set(attributes["a"], 1)').resource.attributes.entries).toHaveLength(2);
    expect(context('resource', 'set(schema_url, "x")').resourceSchemaUrl).toBe('x');
    expect(context('resource', 'set(dropped_attributes_count, 7)').resource.droppedAttributesCount).toBe(7);
    expect(context('scope', 'set(name, "x")').scope.name).toBe('x');
    expect(context('scope', 'set(version, "x")').scope.version).toBe('x');
    expect(context('scope', 'set(schema_url, "x")').scopeSchemaUrl).toBe('x');
    expect(
      context(
        'datapoint',
        'set(scope.attributes["a"], resource.attributes["service.name"])',
      ).scope.attributes.entries.at(-1),
    ).toEqual({ key: 'a', value: 'svc' });
  });

  test('metrics', () => {
    expect(context('metric', 'set(name, Concat([name, unit], "."))').metric.descriptor.name).toBe('m.u');
    expect(context('metric', 'set(description, "")').metric.descriptor.description).toBe('');
    expect(context('datapoint', 'set(metric.unit, "s")').metric.descriptor.unit).toBe('s');
    expect(context('metric', 'set(metadata["a"], "b")').metric.descriptor.metadata.entries).toHaveLength(1);
    expect(context('metric', 'set(is_monotonic, false)').metric).toMatchObject({ isMonotonic: false });
    expect(context('metric', 'set(aggregation_temporality, AGGREGATION_TEMPORALITY_DELTA)').metric).toMatchObject({
      aggregationTemporality: 1,
    });
    const g = gauge('g', number(1n));
    expect(context('metric', 'set(is_monotonic, true)', { metric: g }).metric).toBe(g);
  });

  test('points, as numbers of 64 bits', () => {
    const point = (statement: string, of: Item = item) => context('datapoint', statement, of).point;
    expect(point('set(value_int, 7)')).toMatchObject({ value: 7n });
    expect(point('set(value_double, value_int / 2.0)')).toMatchObject({ value: 2.5 });
    expect(point('set(value_int, Int(2.9))')).toMatchObject({ value: 2n });
    expect(point('set(flags, FLAG_NO_RECORDED_VALUE)')).toMatchObject({ flags: 1 });
    expect(point('set(time_unix_nano, 5)')).toMatchObject({ timeUnixNano: 5n });
    expect(point('set(start_time_unix_nano, -1)')).toMatchObject({ startTimeUnixNano: 2n ** 64n - 1n });
    expect(
      point('set(time, start_time + Duration("2s"))', { point: number(1n, { startTimeUnixNano: 5n }) }),
    ).toMatchObject({ timeUnixNano: 2_000_000_005n });
    const h: Item = { metric: histogram('h', histogramPoint()) };
    expect(point('set(count, 9)', h)).toMatchObject({ count: 9 });
    expect(point('set(sum, 9.0)', h)).toMatchObject({ sum: 9 });
    // A path that the type does not have cannot be set.
    expect(() => point('set(count, 9)')).toThrow('unsupported data point type: pmetric.NumberDataPoint');
    expect(() => point('set(value_int, 9)', h)).toThrow('unsupported data point type: pmetric.HistogramDataPoint');
  });

  test('of another type is an error that names both types', () => {
    const g = (name: ContextName, statement: string, of: Item = item) =>
      expect(() => context(name, statement, of), statement);
    g('metric', 'set(name, 5)').toThrow('expects string but got int64');
    g('metric', 'set(is_monotonic, 1)').toThrow('expects bool but got int64');
    g('metric', 'set(aggregation_temporality, "delta")').toThrow('expects int64 but got string');
    g('datapoint', 'set(time, 5)').toThrow('expects time.Time but got int64');
    g('datapoint', 'set(time_unix_nano, "5")').toThrow('expects int64 but got string');
    g('datapoint', 'set(sum, 9)', { metric: histogram('h', histogramPoint()) }).toThrow(
      'expects float64 but got int64',
    );
    g('resource', 'set(schema_url, nil)').toThrow('setting a value to nil is not supported');
    g('span', 'set(status, 1)').toThrow('expects ptrace.Status but got int64');
  });
});

test('the cache keeps values, for its item only', () => {
  expect(run('datapoint', item, 'set(cache["a"]["b"], 5)', 'set(value_int, cache["a"]["b"] + 1)').point).toMatchObject({
    value: 6n,
  });
  expect(contextOf(item).cache.entries).toEqual([]);
});

test.each<[ContextName, string]>([
  ['resource', 'scope.name == "x"'],
  ['resource', 'name == "x"'],
  ['scope', 'metric.name == "x"'],
  ['metric', 'value_int == 1'],
  ['metric', 'datapoint.value_int == 1'],
  ['datapoint', 'nonsense == 1'],
  ['datapoint', 'attributes["a"].b == 1'],
  ['datapoint', 'min == 1'],
  ['log', 'span.name == "x"'],
  ['exemplar', 'value == 1'],
  ['datapoint', 'toString == 1'],
])('in the context %s the condition %s is refused', (context, condition) => {
  expect(() => compileCondition(condition, { context, processor: 'filter' })).toThrow(
    /is not a valid path of the context "\w+"; it has: /,
  );
});

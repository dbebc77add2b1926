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
import { compileCondition, compileStatement } from './compile.ts';
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
      f(context, 'scope.name == "sc" and instrumentation_scope.version == "1.2" and scope.attributes["k"] == "v"');
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
    const h = histogram('h', histogramPoint({ min: 0.5, max: 2 }));
    f('datapoint', 'count == 3 and sum == 1.5 and min == 0.5 and max == 2.0', { metric: h });
    f('datapoint', 'bucket_counts == [1, 1, 1] and explicit_bounds == [1.0, 2.0] and value_int == nil', { metric: h });
    const e = exponential('e', exponentialPoint({ scale: -1, zeroCount: 4 }));
    f('datapoint', 'scale == -1 and zero_count == 4 and positive.offset == 0 and positive.bucket_counts == [1, 0, 2]', {
      metric: e,
    });
    f('datapoint', 'Len(negative.bucket_counts) == 0 and Len(exemplars) == 0', { metric: e });
    const s = summary('s', summaryPoint());
    f('datapoint', 'quantile_values == [{"quantile": 0.5, "value": 1.0}] and scale == nil', { metric: s });
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
    expect(point('set(value_int, 2.9)')).toMatchObject({ value: 2n });
    expect(point('set(value_int, Double("NaN"))')).toMatchObject({ value: -(2n ** 63n) });
    expect(point('set(flags, FLAG_NO_RECORDED_VALUE)')).toMatchObject({ flags: 1 });
    expect(point('set(time_unix_nano, 5)')).toMatchObject({ timeUnixNano: 5n });
    expect(point('set(start_time_unix_nano, -1)')).toMatchObject({ startTimeUnixNano: 2n ** 64n - 1n });
    expect(
      point('set(time, start_time + Duration("2s"))', { point: number(1n, { startTimeUnixNano: 5n }) }),
    ).toMatchObject({ timeUnixNano: 2_000_000_005n });
    const h: Item = { metric: histogram('h', histogramPoint()) };
    expect(point('set(count, 9)', h)).toMatchObject({ count: 9 });
    expect(point('set(sum, 9)', h)).toMatchObject({ sum: 9 });
    // What the type does not have can not be set.
    expect(point('set(count, 9)')).not.toHaveProperty('count');
    expect(point('set(value_int, 9)', h)).not.toHaveProperty('value');
  });

  test('of another kind is an error that says so', () => {
    const g = (name: ContextName, statement: string, of: Item = item) =>
      expect(() => context(name, statement, of), statement);
    g('metric', 'set(name, 5)').toThrow('expected string but got another kind of value');
    g('metric', 'set(is_monotonic, 1)').toThrow('is_monotonic is true or false');
    g('metric', 'set(aggregation_temporality, "delta")').toThrow('AGGREGATION_TEMPORALITY_');
    g('datapoint', 'set(time, 5)').toThrow('expected a time but got another kind of value');
    g('datapoint', 'set(time_unix_nano, "5")').toThrow('expected int but got another kind of value');
    g('datapoint', 'set(sum, "x")', { metric: histogram('h', histogramPoint()) }).toThrow(
      'expected a number but got another kind of value',
    );
    g('resource', 'set(dropped_attributes_count, "x")').toThrow('expected int but got another kind of value');
  });
});

test('the cache is a place to keep values, in its item only', () => {
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
  ['datapoint', 'toString == 1'],
])('in the context %s the condition %s is refused', (context, condition) => {
  expect(() => compileCondition(condition, context)).toThrow(/is not a valid path of the context "\w+"; it has: /);
});

test('what is computed from data can not be set', () => {
  for (const path of ['type', 'data_points']) {
    expect(() => compileStatement(`set(${path}, 1)`, 'metric')).toThrow(
      'the first argument must be a path that can be set',
    );
  }
  for (const path of ['bucket_counts', 'exemplars', 'positive.offset', 'quantile_values']) {
    expect(() => compileStatement(`set(${path}, 1)`, 'datapoint')).toThrow(
      'the first argument must be a path that can be set',
    );
  }
});

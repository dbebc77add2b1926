import { describe, expect, test } from 'vitest';
import { PermanentError } from '#component/errors.ts';
import type { Metric } from '#pdata/metrics.ts';
import { attributes, counter, gauge, histogram, histogramPoint, number } from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor } from '../../../test/support/processors.ts';
import { transformProcessorFactory } from './factory.ts';
import { statementGroups } from './statement-groups.ts';

const start = (metric_statements: unknown[], rest: object = {}) =>
  startProcessor(transformProcessorFactory as never, { metric_statements, ...rest });
const point = (value: bigint, k: string) => number(value, { attributes: attributes({ k }) });

async function transformed(statements: unknown[], ...metrics: Metric[]): Promise<readonly Metric[]> {
  const { feed } = await start(statements);
  return metricsOf(await feed(...metrics));
}

test('statements run in order, each on what the one before left', async () => {
  const [metric] = await transformed(
    ['set(metric.name, "b")', 'set(metric.name, Concat([metric.name, "c"], "."))'],
    gauge('a', number(1n)),
  );
  expect(metric!.descriptor.name).toBe('b.c');
});

test('each kind of item is changed where it is', async () => {
  const { feed } = await start([
    { context: 'resource', statements: ['set(attributes["r"], "1")', 'set(schema_url, "s")'] },
    { context: 'scope', statements: ['set(name, "scope")'] },
    { context: 'metric', statements: ['set(unit, "s")'] },
    { context: 'datapoint', statements: ['set(attributes["p"], metric.unit)', 'set(value_int, value_int * 2)'] },
  ]);
  const [resource] = (await feed(gauge('m', number(2n))))!.resourceMetrics;
  expect(resource).toMatchObject({ schemaUrl: 's', resource: { attributes: { entries: [{ key: 'r', value: '1' }] } } });
  expect(resource!.scopeMetrics).toMatchObject([
    {
      scope: { name: 'scope' },
      metrics: [
        { descriptor: { unit: 's' }, dataPoints: [{ value: 4n, attributes: { entries: [{ key: 'p', value: 's' }] } }] },
      ],
    },
  ]);
});

test('a group runs where one of its conditions holds', async () => {
  const group = {
    context: 'datapoint',
    conditions: ['attributes["k"] == "a"', 'attributes["k"] == "b"'],
    statements: ['set(value_int, 0)'],
  };
  const [metric] = await transformed([group], gauge('m', point(1n, 'a'), point(1n, 'b'), point(1n, 'c')));
  expect(metric!.dataPoints).toMatchObject([{ value: 0n }, { value: 0n }, { value: 1n }]);
});

test('what is not changed stays the same object, and what was given stays as it was', async () => {
  const given = [gauge('m', point(1n, 'a')), gauge('n', point(1n, 'a'))];
  const copy = structuredClone(given);
  const [first, second] = await transformed(['set(datapoint.value_int, 5) where metric.name == "m"'], ...given);
  expect(given).toEqual(copy);
  expect(first).not.toBe(given[0]);
  expect(second).toBe(given[1]);
});

test('metrics that a statement adds stand at the end, and later statements see them', async () => {
  const statements = ['extract_count_metric(true)', 'set(metric.unit, "x") where metric.name == "h_count"'];
  const metrics = await transformed(statements, histogram('h', histogramPoint()), gauge('g', number(1n)));
  expect(metrics.map(({ descriptor }) => descriptor.name)).toEqual(['h', 'g', 'h_count']);
});

test('copies of copies come to an end', async () => {
  const metrics = await transformed(['copy_metric(name=Concat([metric.name, "x"], ""))'], gauge('m', number(1n)));
  expect(metrics.map(({ descriptor }) => descriptor.name)).toEqual(['m', 'mx']);
});

test('each item has its own cache', async () => {
  const seen = 'set(attributes["seen"], cache["k"]) where cache["k"] != nil';
  const statements = [{ context: 'datapoint', statements: [seen, 'set(cache["k"], attributes["k"])'] }];
  const [metric] = await transformed(statements, gauge('m', point(1n, 'a'), point(1n, 'b')));
  expect(metric!.dataPoints.map((each) => each.attributes.entries.length)).toEqual([1, 1]);
});

describe('a statement that fails', () => {
  const statements = ['set(datapoint.attributes["k"]["x"], 1)', 'set(datapoint.value_int, 7)'];

  test('is told, and the next one runs', async () => {
    const { feed, settings } = await start(statements);
    expect(metricsOf(await feed(gauge('m', point(1n, 'a'))))[0]!.dataPoints).toMatchObject([{ value: 7n }]);
    expect(settings.logged).toEqual([expect.stringContaining('failed to execute statement')]);
  });

  test('is not told, or refuses the request for good', async () => {
    const silent = await start(statements, { error_mode: 'silent' });
    expect(metricsOf(await silent.feed(gauge('m', point(1n, 'a'))))[0]!.dataPoints).toMatchObject([{ value: 7n }]);
    expect(silent.settings.logged).toEqual([]);
    const propagating = await start(statements, { error_mode: 'propagate' });
    await expect(propagating.feed(gauge('m', point(1n, 'a')))).rejects.toThrow(PermanentError);
  });

  test('never fails in another way, whatever the data', async () => {
    const hostile = [
      'set(datapoint.value_int, Double("NaN"))',
      'set(datapoint.value_int, datapoint.value_int / 0)',
      'set(datapoint.time_unix_nano, -1)',
      'set(datapoint.value_int, 9223372036854775807 * 9223372036854775807)',
      'scale_metric(100000000000000000000000000000.0)',
      'set(metric.aggregation_temporality, -5)',
      'set(datapoint.flags, -1)',
    ];
    const { feed } = await start(hostile);
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 2n ** 63n - 1n, undefined].map((value) => number(value));
    expect(await feed(counter('m', ...values), histogram('h', histogramPoint()), gauge('g', ...values))).toMatchObject({
      dataPointCount: 9,
    });
  });
});

describe('the context of a statement', () => {
  const contexts = (...items: unknown[]) => statementGroups(items).groups.map(({ context }) => context);

  test('is the deepest item that a path names', () => {
    expect(
      contexts(
        'set(resource.attributes["a"], 1)',
        'set(scope.name, resource.attributes["a"])',
        'set(metric.name, scope.name)',
        'set(datapoint.value_int, 1) where metric.name == "x"',
      ),
    ).toEqual(['resource', 'scope', 'metric', 'datapoint']);
    expect(contexts('set(resource.attributes["datapoint.x"], "metric.name")')).toEqual(['resource']);
    expect(contexts('convert_sum_to_gauge()', 'convert_sum_to_gauge() where resource.attributes["a"] == "b"')).toEqual([
      'metric',
      'metric',
    ]);
    expect(contexts({ statements: ['set(metric.name, "x")'], conditions: ['datapoint.value_int == 1'] })).toEqual([
      'datapoint',
    ]);
  });

  test.each([
    [[{ context: 'span', statements: [] }], 'unknown context span'],
    [[5], 'metric_statements must be a list of statements or of {context, conditions, statements}'],
    [[null], 'metric_statements must be a list'],
    [[{ nope: 1 }], 'metric_statements must be a list'],
    [[{ statements: [1] }], 'statements and conditions must be lists of texts'],
  ])('%j is refused', (items, problem) => {
    expect(statementGroups(items).problem).toMatch(problem);
  });
});

test.each([
  [['nope(metric.name)'], {}, 'undefined function "nope"'],
  [['set(metric.nope, 1)'], {}, 'is not a valid path of the context "metric"'],
  [[], { trace_statements: ['set(span.name, "x")'] }, 'pitot transforms metrics only'],
  [[], { error_mode: 'never' }, 'unknown error mode never'],
])('%j with %j is refused', async (statements, rest, message) => {
  await expect(start(statements, rest)).rejects.toThrow(message);
});

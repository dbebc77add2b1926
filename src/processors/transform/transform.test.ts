import { describe, expect, test } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import type { Metric } from '#pdata/metrics.ts';
import {
  attributes,
  counter,
  gauge,
  histogram,
  histogramPoint,
  logRecord,
  logs,
  number,
  span,
  spanEvent,
  summary,
  summaryPoint,
  traces,
} from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor, startStage } from '../../../test/support/processors.ts';
import { transformProcessorFactory } from './factory.ts';

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

test('resources, scopes, metrics, and points are changed where they are', async () => {
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

test('data that no statement changes remains the same object, and the input does not change', async () => {
  const given = [gauge('m', point(1n, 'a')), gauge('n', point(1n, 'a'))];
  const copy = structuredClone(given);
  const [first, second] = await transformed(['set(datapoint.value_int, 5) where metric.name == "m"'], ...given);
  expect(given).toEqual(copy);
  expect(first).not.toBe(given[0]);
  expect(second).toBe(given[1]);
});

test('metrics that a statement adds are at the end, and later statements see them', async () => {
  const statements = ['extract_count_metric(true)', 'set(metric.unit, "x") where metric.name == "h_count"'];
  const metrics = await transformed(statements, histogram('h', histogramPoint()), gauge('g', number(1n)));
  expect(metrics.map(({ descriptor }) => descriptor.name)).toEqual(['h', 'g', 'h_count']);
});

test('limits metrics that statements add to added metrics, and logs a warning', async () => {
  const chain = ['copy_metric(name="b") where metric.name == "a"', 'copy_metric(name="c") where metric.name == "b"'];
  const { feed } = await start(chain);
  const names = metricsOf(await feed(gauge('a', number(1n)))).map(({ descriptor }) => descriptor.name);
  expect(names).toEqual(['a', 'b', 'c']);
  const endless = await start(['copy_metric(name=Concat([metric.name, "x"], ""))']);
  const metrics = metricsOf(await endless.feed(gauge('m', number(1n))));
  expect(metrics).toHaveLength(17);
  expect(endless.settings.logged).toEqual([
    expect.stringContaining('statements add metrics to metrics that they added'),
  ]);
});

test('each item has its own cache', async () => {
  const seen = 'set(attributes["seen"], cache["k"]) where cache["k"] != nil';
  const statements = [{ context: 'datapoint', statements: [seen, 'set(cache["k"], attributes["k"])'] }];
  const [metric] = await transformed(statements, gauge('m', point(1n, 'a'), point(1n, 'b')));
  expect(metric!.dataPoints.map((each) => each.attributes.entries.length)).toEqual([1, 1]);
});

describe('a statement that fails', () => {
  const statements = ['set(datapoint.attributes["k"]["x"], 1)', 'set(datapoint.value_int, 7)'];

  test('is logged, and the next one runs', async () => {
    const { feed, settings } = await start(statements);
    expect(metricsOf(await feed(gauge('m', point(1n, 'a'))))[0]!.dataPoints).toMatchObject([{ value: 7n }]);
    expect(settings.logged).toEqual([expect.stringContaining('failed to execute statement')]);
  });

  test('is not logged, or refuses the request', async () => {
    const silent = await start(statements, { error_mode: 'silent' });
    expect(metricsOf(await silent.feed(gauge('m', point(1n, 'a'))))[0]!.dataPoints).toMatchObject([{ value: 7n }]);
    expect(silent.settings.logged).toEqual([]);
    const propagating = await start(statements, { error_mode: 'propagate' });
    await expect(propagating.feed(gauge('m', point(1n, 'a')))).rejects.toThrow(RetryableError);
  });

  test('never fails in another way, for any data', async () => {
    const hostile = [
      'set(datapoint.value_int, Double("NaN"))',
      'set(datapoint.value_int, datapoint.value_int / 0)',
      'set(datapoint.time_unix_nano, -1)',
      'set(datapoint.value_int, 9223372036854775807 * 9223372036854775807)',
      'scale_metric(100000000000000000000000000000.0) where metric.name != "x"',
      'set(metric.aggregation_temporality, -5)',
      'set(datapoint.flags, -1)',
    ];
    const { feed } = await start(hostile.map((statement) => ({ statements: [statement] })));
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 2n ** 63n - 1n, undefined].map((value) => number(value));
    expect(await feed(counter('m', ...values), histogram('h', histogramPoint()), gauge('g', ...values))).toMatchObject({
      dataPointCount: 9,
    });
  });
});

test.each([
  [['nope(metric.name)'], {}, 'inferred context "metric" does not support the function "nope"'],
  [[{ context: 'metric', statements: ['nope(name)'] }], {}, 'undefined function "nope"'],
  [[{ context: 'metric', statements: ['set(nope, 1)'] }], {}, 'is not a valid path of the context "metric"'],
  [
    [{ context: 'span', statements: ['set(name, "x")'] }],
    {},
    'unknown context "span" for statements: [set(name, "x")]',
  ],
  [[{ context: 'nowhere', statements: [] }], {}, 'unknown context nowhere'],
  [
    ['set(name, "x")'],
    {},
    'the first segment of a path must be the name of a context, one of: resource, scope, metric',
  ],
  [['set(metric.name, "x")', 'set(cache["a"], 1)'], {}, 'missing context name for path "cache"'],
  [['convert_sum_to_gauge()', 'set(datapoint.flags, 1)'], {}, 'does not support the function "convert_sum_to_gauge"'],
  [['set(metric.name, "x")', { statements: [] }], {}, 'configuring multiple configuration styles is not supported'],
  [[5], {}, 'expected a map or struct, got "int"'],
  [[null], {}, 'empty statement list items are not supported'],
  [[{ nope: 1 }], {}, "'metric_statements[0]' has invalid keys: nope"],
  [[], { trace_statements: ['set(span.nam, "x")'] }, 'is not a valid path of the context "span"'],
  [[], { error_mode: 'never' }, 'unknown error mode never'],
  [[], { flatten: { log: true } }, "'flatten.log' requires the 'transform.flatten.logs' feature gate"],
])('%j with %j is refused', async (statements, rest, message) => {
  await expect(start(statements, rest)).rejects.toThrow(message);
});

describe('the context of statements without one', () => {
  const names = async (...statements: string[]) => {
    const { feed } = await start([{ statements }]);
    const [metric] = metricsOf(await feed(counter('m', point(1n, 'a'), point(1n, 'b'))));
    return [metric!.descriptor.name, metric!.dataPoints.map(({ flags }) => flags)];
  };

  test('is the innermost item that a path names, for all of them', async () => {
    const appended = 'set(metric.name, Concat([metric.name, "x"], ""))';
    expect(await names(appended)).toEqual(['mx', [0, 0]]);
    expect(await names(appended, 'set(datapoint.flags, 1)')).toEqual(['mxx', [1, 1]]);
    expect(await names('set(metric.name, "datapoint.flags")')).toEqual(['datapoint.flags', [0, 0]]);
    expect(await names('set(resource.attributes["a"], METRIC_DATA_TYPE_SUM)', appended)).toEqual(['mx', [0, 0]]);
  });
});

test('groups can share a cache during a request', async () => {
  const group = (sharedCache: boolean, statement: string) => ({
    context: 'metric',
    shared_cache: sharedCache,
    statements: [statement],
  });
  const sum = 'set(cache["n"], Int(cache["n"]) + 1) where cache["n"] != nil';
  const first = 'set(cache["n"], 1) where cache["n"] == nil';
  const statements = [group(true, sum), group(true, first), group(true, 'set(metadata["n"], cache["n"])')];
  const { feed } = await start([...statements, group(false, 'set(unit, "own") where cache["n"] == nil')]);
  for (let request = 0; request < 2; request++) {
    const metrics = metricsOf(await feed(gauge('a', number(1n)), gauge('b', number(1n))));
    expect(metrics.map(({ descriptor }) => [descriptor.metadata.entries[0]!.value, descriptor.unit])).toEqual([
      [1n, 'own'],
      [1n, 'own'],
    ]);
  }
});

test('exemplars', async () => {
  const exemplar = {
    filteredAttributes: attributes({ a: '1' }),
    timeUnixNano: 5n,
    value: 1.5,
    spanId: '',
    traceId: '',
  };
  const group = {
    context: 'exemplar',
    statements: ['set(filtered_attributes["b"], datapoint.attributes["k"])', 'set(double_value, 2.5)'],
  };
  const [metric] = await transformed(
    [group],
    gauge('m', { ...point(1n, 'x'), exemplars: [exemplar] }),
    summary('s', summaryPoint()),
  );
  expect(metric!.dataPoints).toMatchObject([
    { exemplars: [{ value: 2.5, filteredAttributes: { entries: [{ key: 'a' }, { key: 'b', value: 'x' }] } }] },
  ]);
});

describe('traces', () => {
  test('resources, scopes, spans, and events are changed where they are', async () => {
    const { send } = await startStage('traces', transformProcessorFactory as never, {
      trace_statements: [
        { context: 'resource', statements: ['set(attributes["r"], "1")'] },
        { context: 'scope', statements: ['set(name, "scope")'] },
        { context: 'span', conditions: ['IsRootSpan()'], statements: ['set(name, Concat([scope.name, name], "/"))'] },
        { context: 'spanevent', statements: ['set(attributes["i"], Len(name))', 'set(span.kind, SPAN_KIND_CLIENT)'] },
      ],
    });
    const given = traces(
      {},
      span({ events: [spanEvent('a'), spanEvent('b')] }),
      span({ parentSpanId: '0102030405060708' }),
    );
    const copy = structuredClone(given);
    const [resource] = (await send(given))!.resourceSpans;
    expect(given).toEqual(copy);
    expect(resource!.resource.attributes.entries).toEqual([{ key: 'r', value: '1' }]);
    expect(resource!.scopeSpans).toMatchObject([
      {
        scope: { name: 'scope' },
        spans: [
          {
            name: 'scope/span',
            kind: 3,
            events: [{ attributes: { entries: [{ value: 1n }] } }, { attributes: { entries: [{ value: 1n }] } }],
          },
          { name: 'span', kind: 1 },
        ],
      },
    ]);
  });

  test('data that no statement changes remains the same object', async () => {
    const statements = ['set(span.name, "x") where span.name == "y"'];
    const { send } = await startStage('traces', transformProcessorFactory as never, { trace_statements: statements });
    const given = traces({}, span());
    expect(await send(given)).toBe(given);
  });
});

test('logs', async () => {
  const { send } = await startStage('logs', transformProcessorFactory as never, {
    log_statements: ['set(log.severity_text, "WARN")', 'merge_maps(log.attributes, ParseJSON(log.body), "upsert")'],
  });
  const output = await send(logs({}, logRecord({ body: '{"a": 1}' })));
  expect(output!.resourceLogs[0]!.scopeLogs[0]!.logRecords).toMatchObject([
    { severityText: 'WARN', attributes: { entries: [{ key: 'a', value: 1 }] } },
  ]);
});

test('statements of other signals have no effect, and those for profiles are ignored', async () => {
  const config = { metric_statements: ['set(metric.name, "x")'], profile_statements: ['anything'] };
  const { send, settings } = await startStage('traces', transformProcessorFactory as never, config);
  const given = traces({}, span());
  expect(await send(given)).toBe(given);
  expect(settings.logged).toEqual([]);
});

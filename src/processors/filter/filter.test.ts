import { describe, expect, test } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import {
  attributes,
  gauge,
  logRecord,
  logs,
  number,
  resource,
  span,
  spanEvent,
  traces,
} from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor, startStage } from '../../../test/support/processors.ts';
import { filterProcessorFactory } from './factory.ts';
import { metricMatcher } from './metric-matcher.ts';

const start = (config: object) => startProcessor(filterProcessorFactory as never, config);
const point = (k: string) => number(1n, { attributes: attributes({ k }) });
const given = [gauge('a', point('1'), point('2')), gauge('b', point('1'))];

/** Returns the remaining metrics as `metric: values of k`. */
async function left(config: object): Promise<string[]> {
  const { feed } = await start(config);
  return metricsOf(await feed(...given)).map(
    ({ descriptor, dataPoints }) =>
      `${descriptor.name}: ${dataPoints.map((each) => each.attributes.entries[0]!.value)}`,
  );
}

describe('conditions', () => {
  test('drop matching resources, metrics, and points, and parents that become empty', async () => {
    expect(await left({ metrics: { datapoint: ['attributes["k"] == "1"'] } })).toEqual(['a: 2']);
    expect(await left({ metrics: { metric: ['name == "a"'] } })).toEqual(['b: 1']);
    expect(await left({ metrics: { resource: ['attributes["x"] == nil'] } })).toEqual([]);
    expect(await left({ metrics: { metric: ['name == "a"', 'name == "b"'] } })).toEqual([]);
    expect(await left({})).toEqual(['a: 1,2', 'b: 1']);
  });

  test('can be listed without a context, which their paths then determine', async () => {
    expect(await left({ metric_conditions: ['datapoint.attributes["k"] == "1"'] })).toEqual(['a: 2']);
    expect(await left({ metric_conditions: ['metric.name == "a"'] })).toEqual(['b: 1']);
    expect(await left({ metric_conditions: ['resource.attributes["x"] == nil'] })).toEqual([]);
    expect(
      await left({ metric_conditions: ['metric.name == "datapoint."', 'resource.attributes["metric."] == "x"'] }),
    ).toEqual(['a: 1,2', 'b: 1']);
    expect(
      await left({ metric_conditions: [{ context: 'datapoint', conditions: ['attributes["k"] == "1"'] }] }),
    ).toEqual(['a: 2']);
  });

  test('count what they drop; when nothing is left nothing is handed on', async () => {
    const { feed, settings } = await start({ metrics: { metric: ['name == "a"'] } });
    expect(await feed(given[0]!)).toBeUndefined();
    expect(await feed(given[1]!)).toMatchObject({ dataPointCount: 1 });
    expect(settings.measured('otelcol_processor_filter_datapoints_filtered', { filter: 'filter' })).toBe(2);
  });

  test('that fail are ignored with or without a word, or refuse the request', async () => {
    const failing = { metrics: { datapoint: ['Substring(attributes["k"], 5, 1) == "x"', 'attributes["k"] == "2"'] } };
    const [ignored, silent, propagated] = await Promise.all(
      ['ignore', 'silent', 'PROPAGATE'].map((error_mode) => start({ ...failing, error_mode })),
    );
    expect(await ignored!.feed(...given)).toMatchObject({ dataPointCount: 2 });
    expect(ignored!.settings.logged).toHaveLength(3);
    expect(await silent!.feed(...given)).toMatchObject({ dataPointCount: 2 });
    expect(silent!.settings.logged).toEqual([]);
    await expect(propagated!.feed(...given)).rejects.toThrow(RetryableError);
  });

  test('that can not be read are refused at start', async () => {
    await expect(start({ metrics: { metric: ['name = "a"'] } })).rejects.toThrow('unable to parse OTTL condition');
    await expect(start({ metrics: { resource: ['name == "a"'] } })).rejects.toThrow(
      'is not a valid path of the context "resource"',
    );
  });
});

describe('include and exclude', () => {
  test('choose metrics by name', async () => {
    expect(await left({ metrics: { include: { match_type: 'strict', metric_names: ['a'] } } })).toEqual(['a: 1,2']);
    expect(await left({ metrics: { exclude: { match_type: 'regexp', metric_names: ['^a'] } } })).toEqual(['b: 1']);
    expect(
      await left({
        metrics: {
          include: { match_type: 'regexp', metric_names: ['a', 'b'] },
          exclude: { match_type: 'strict', metric_names: ['b'] },
        },
      }),
    ).toEqual(['a: 1,2']);
  });

  test('or by attributes of the resource, all of them', () => {
    const base = { matchType: 'strict', metricNames: [], expressions: [], resourceAttributes: [] };
    const of = (...resourceAttributes: object[]) => metricMatcher({ ...base, resourceAttributes } as never);
    const sender = resource({ env: 'prod', port: 5n });
    expect(of({ key: 'env', value: 'prod' })('m', sender)).toBe(true);
    expect(of({ key: 'env', value: 'prod' }, { key: 'port', value: 5 })('m', sender)).toBe(true);
    expect(of({ key: 'env', value: 'prod' }, { key: 'x', value: null })('m', sender)).toBe(false);
    expect(of({ key: 'env', value: null })('m', sender)).toBe(true);
    expect(of()('m', sender)).toBe(false);
  });

  test('refuse unknown names', async () => {
    await expect(start({ metrics: { include: { match_type: 'glob', metric_names: ['a'] } } })).rejects.toThrow(
      "unrecognized match_type: 'glob', valid types are: [regexp strict]",
    );
    await expect(start({ metrics: { include: { match_type: 'expr', expressions: ['x'] } } })).rejects.toThrow(
      'use OTTL conditions',
    );
  });
});

test.each([
  [{ metrics: { metric: ['true'], include: { match_type: 'strict' } } }, 'cannot use "metrics.resource"'],
  [{ metric_conditions: ['true'], metrics: { metric: ['true'] } }, 'cannot use context inferred metric conditions'],
  [{ metric_conditions: [5] }, 'expected a map or struct, got "int"'],
  [{ metric_conditions: [null] }, 'condition cannot be empty'],
  [
    { metric_conditions: [{ conditions: ['true'] }, 'true'] },
    'configuring multiple configuration styles is not supported',
  ],
  [{ metric_conditions: [{ conditions: ['true'], nope: 1 }] }, "'metric_conditions[0]' has invalid keys: nope"],
  [{ metric_conditions: [{ context: 'span', conditions: ['true'] }] }, 'unknown context "span" for conditions: [true]'],
  [{ metric_conditions: ['name == "x"'] }, 'unable to infer context from "name == \\"x\\""'],
  [
    { traces: { span: ['true'] }, spans: { include: { match_type: 'strict', services: ['a'] } } },
    'cannot use "traces.resource"',
  ],
  [
    { traces: { span: ['true'] }, trace_conditions: ['span.name == "x"'] },
    'cannot use context inferred trace conditions',
  ],
  [
    { logs: { log_record: ['true'], include: { match_type: 'strict', bodies: ['a'] } } },
    'cannot use "logs.resource", "logs.log"',
  ],
  [{ logs: { include: { match_type: 'strict', severity_number: { min: 'LOUD' } } } }, "'LOUD' is not a valid severity"],
  [{ traces: { span: ['severity_text == "x"'] } }, 'is not a valid path of the context "span"'],
  [{ error_mode: 'maybe' }, 'unknown error mode maybe'],
])('%j is refused', async (config, message) => {
  await expect(start(config)).rejects.toThrow(message);
});

describe('traces', () => {
  const given = traces(
    { resource: resource({ 'service.name': 'airflow' }) },
    span({ name: 'a', kind: 2, events: [spanEvent('start'), spanEvent('end')] }),
    span({ name: 'b', parentSpanId: '0102030405060708' }),
  );
  /** Returns the remaining spans as `span: events`. */
  const spansLeft = async (config: object) => {
    const { send } = await startStage('traces', filterProcessorFactory as never, config);
    const spans = (await send(given))?.resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((each) => each.spans),
    );
    return spans?.map(({ name, events }) => `${name}: ${events.map((event) => event.name)}`);
  };

  test.each([
    [{ traces: { span: ['name == "a"'] } }, ['b: ']],
    [{ traces: { spanevent: ['name == "end"'] } }, ['a: start', 'b: ']],
    [{ traces: { spanevent: ['true'] } }, ['a: ', 'b: ']],
    [{ traces: { resource: ['attributes["service.name"] == "airflow"'] } }, undefined],
    [{ traces: { span: ['IsRootSpan()', 'name == "b"'] } }, undefined],
    [{ trace_conditions: ['span.kind == SPAN_KIND_SERVER', 'spanevent.name == "x"'] }, ['b: ']],
    [{ trace_conditions: [{ context: 'scope', conditions: ['name == ""'] }] }, undefined],
    [{ spans: { include: { match_type: 'strict', span_names: ['a'] } } }, ['a: start,end']],
    [{ spans: { exclude: { match_type: 'regexp', services: ['^air'], span_kinds: ['SERVER$'] } } }, ['b: ']],
    [{ metrics: { metric: ['true'] } }, ['a: start,end', 'b: ']],
  ])('%j leaves %j', async (config, left) => {
    expect(await spansLeft(config)).toEqual(left);
  });

  test('dropped spans are counted', async () => {
    const { send, settings } = await startStage('traces', filterProcessorFactory as never, {
      traces: { span: ['name == "a"'] },
      profiles: { profile: ['true'] },
    });
    expect(await send(given)).toMatchObject({ spanCount: 1 });
    expect(settings.measured('otelcol_processor_filter_spans_filtered', { filter: 'filter' })).toBe(1);
    expect(settings.logged).toEqual([]);
  });
});

describe('logs', () => {
  const given = logs(
    { resource: resource({ host: 'w1' }) },
    logRecord({ body: 'one', severityNumber: 9 }),
    logRecord({ body: 'two', severityNumber: 17, severityText: 'ERROR', attributes: attributes({ k: 'v' }) }),
    logRecord({ body: 'three', severityNumber: 0, severityText: '' }),
  );
  const bodiesLeft = async (config: object) => {
    const { send } = await startStage('logs', filterProcessorFactory as never, config);
    const output = await send(given);
    return output?.resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap((each) => each.logRecords.map(({ body }) => body)),
    );
  };

  test.each([
    [{ logs: { log_record: ['severity_number < SEVERITY_NUMBER_WARN'] } }, ['two']],
    [{ logs: { resource: ['attributes["host"] == "w1"'] } }, undefined],
    [{ log_conditions: ['log.body == "two"', 'resource.attributes["host"] == "w2"'] }, ['one', 'three']],
    [{ logs: { include: { match_type: 'strict', severity_texts: ['ERROR'] } } }, ['two']],
    [{ logs: { exclude: { match_type: 'regexp', bodies: ['^t'] } } }, ['one']],
    [{ logs: { include: { match_type: 'strict', severity_number: { min: 'warn' } } } }, ['two']],
    [
      { logs: { include: { match_type: 'strict', severity_number: { min: '9', match_undefined: true } } } },
      ['one', 'two', 'three'],
    ],
    [{ logs: { exclude: { match_type: 'strict', record_attributes: [{ key: 'k', value: 'v' }] } } }, ['one', 'three']],
    [{ logs: { include: { match_type: 'strict' } } }, ['one', 'two', 'three']],
  ])('%j leaves %j', async (config, left) => {
    expect(await bodiesLeft(config)).toEqual(left);
  });
});

import { describe, expect, test } from 'vitest';
import { PermanentError } from '#component/errors.ts';
import { OttlParseError } from '#ottl/ottl-error.ts';
import { attributes, gauge, number, resource } from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor } from '../../../test/support/processors.ts';
import { filterProcessorFactory } from './factory.ts';
import { metricMatcher } from './match-properties.ts';

const start = (config: object) => startProcessor(filterProcessorFactory as never, config);
const point = (k: string) => number(1n, { attributes: attributes({ k }) });
const given = [gauge('a', point('1'), point('2')), gauge('b', point('1'))];

/** What is left, as `metric: values of k`. */
async function left(config: object): Promise<string[]> {
  const { feed } = await start(config);
  return metricsOf(await feed(...given)).map(
    ({ descriptor, dataPoints }) =>
      `${descriptor.name}: ${dataPoints.map((each) => each.attributes.entries[0]!.value)}`,
  );
}

describe('conditions', () => {
  test('drop what they hold for: resources, metrics, points; what becomes empty goes too', async () => {
    expect(await left({ metrics: { datapoint: ['attributes["k"] == "1"'] } })).toEqual(['a: 2']);
    expect(await left({ metrics: { metric: ['name == "a"'] } })).toEqual(['b: 1']);
    expect(await left({ metrics: { resource: ['attributes["x"] == nil'] } })).toEqual([]);
    expect(await left({ metrics: { metric: ['name == "a"', 'name == "b"'] } })).toEqual([]);
    expect(await left({})).toEqual(['a: 1,2', 'b: 1']);
  });

  test('may be listed without a context, which their paths then tell', async () => {
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
    await expect(propagated!.feed(...given)).rejects.toThrow(PermanentError);
  });

  test('that can not be read are refused at start', async () => {
    await expect(start({ metrics: { metric: ['name = "a"'] } })).rejects.toThrow(OttlParseError);
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

  test('refuse what they do not know', async () => {
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
  [{ metric_conditions: [5] }, 'metric_conditions must be a list of conditions or of {context, conditions}'],
  [{ metric_conditions: [{ conditions: ['true'], nope: 1 }] }, 'metric_conditions must be a list'],
  [{ metric_conditions: [{ context: 'span', conditions: ['true'] }] }, 'unknown context span'],
  [{ error_mode: 'maybe' }, 'unknown error mode maybe'],
])('%j is refused', async (config, message) => {
  await expect(start(config)).rejects.toThrow(message);
});

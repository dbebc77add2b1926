import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyValue } from '#pdata/attributes.ts';
import {
  type DataPoint,
  type HistogramDataPoint,
  type Metrics,
  type NumberDataPoint,
  temporality,
} from '#pdata/metrics.ts';
import { attributes, counter, gauge, histogram, histogramPoint, number, request, resource } from '../support/pdata.ts';
import { metricsOf, pointsOf, type Stage, throughProcessors } from '../support/through-processors.ts';

/* Properties of processors for arbitrary metrics. test/conformance/processors compares processors with the Collector. */

const runs = { numRuns: 100 };
const second = 1_000_000_000n;
const epoch = 1_700_000_000n * second;

/** Counts of a stream over several requests, in ascending order. */
const growing = (value: fc.Arbitrary<number>) =>
  fc
    .array(value, { minLength: 1, maxLength: 6 })
    .map((steps) => steps.map((_, i) => steps.slice(0, i + 1).reduce((a, b) => a + b)));
const counts = growing(fc.nat(1000));

/** Returns one request per position, with streams that are distinguished by an attribute. */
function requestsOf(
  streams: readonly number[][],
  point: (value: number, parts: Partial<DataPoint>) => DataPoint,
  of: 'counter' | 'histogram',
): Metrics[] {
  const length = Math.max(...streams.map((values) => values.length));
  return Array.from({ length }, (_, position) => {
    const points = streams.flatMap((values, stream) => {
      const value = values[position];
      if (value === undefined) return [];
      const timeUnixNano = epoch + BigInt(position + 1) * second;
      return point(value, {
        attributes: attributes({ stream: BigInt(stream) }),
        startTimeUnixNano: epoch,
        timeUnixNano,
      });
    });
    const metric =
      of === 'counter'
        ? counter('c', ...(points as NumberDataPoint[]))
        : histogram('h', ...(points as HistogramDataPoint[]));
    return request({}, metric);
  });
}

/** Returns the data of a point without its start time, because the Collector's deltas start at the time of the previous point, or at 0. */
const shown = ({ point }: { readonly point: DataPoint }) => {
  const { attributes: set, startTimeUnixNano: _, ...rest } = point;
  return { stream: set.entries, ...rest };
};

const toDelta: Stage = ['cumulative_to_delta', { initial_value: 'keep' }];
const toCumulative: Stage = ['delta_to_cumulative'];

describe('cumulative and delta', () => {
  test.each([
    ['integers', counts, (value: number, parts: Partial<DataPoint>) => number(BigInt(value), parts), 'counter'],
    [
      'floats',
      growing(fc.nat(1000).map((n) => n / 8)),
      (value: number, parts: Partial<DataPoint>) => number(value, parts),
      'counter',
    ],
    [
      'histograms',
      counts,
      (value: number, parts: Partial<DataPoint>) =>
        histogramPoint({ count: 3 * value, sum: value / 2, bucketCounts: [value, 2 * value, 0], ...parts }),
      'histogram',
    ],
  ] as const)('cumulative → delta → cumulative is the identity: %s', async (_, values, point, of) => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 3 }), async (streams) => {
        const requests = requestsOf(streams, point, of);
        const back = await throughProcessors([toDelta, toCumulative], requests);
        expect(pointsOf(back).map(shown)).toEqual(pointsOf(requests).map(shown));
        expect(
          metricsOf(back).every(
            (metric) => 'aggregationTemporality' in metric && metric.aggregationTemporality === temporality.cumulative,
          ),
        ).toBe(true);
      }),
      runs,
    );
  });

  test('deltas add up to the counts', async () => {
    await fc.assert(
      fc.asyncProperty(counts, async (values) => {
        const deltas = await throughProcessors(
          [toDelta],
          requestsOf([values], (value, parts) => number(BigInt(value), parts), 'counter'),
        );
        const total = pointsOf(deltas).reduce((sum, { point }) => sum + Number((point as NumberDataPoint).value), 0);
        expect(total).toBe(values.at(-1));
      }),
      runs,
    );
  });
});

/** Requests with gauges that have few names and attributes. */
const value = fc.oneof<fc.Arbitrary<AnyValue>[]>(
  fc.constantFrom('a', 'b', ''),
  fc.bigInt({ min: 0n, max: 3n }),
  fc.boolean(),
);
const keys = fc.constantFrom('k', 'l', 'm');
const set = fc.dictionary(keys, value, { maxKeys: 3, noNullPrototype: true });
const point = fc.tuple(set, fc.nat(9)).map(([entries, n]) => number(n, { attributes: attributes(entries) }));
const metric = fc
  .tuple(fc.constantFrom('x', 'y', 'z.total'), fc.array(point, { minLength: 1, maxLength: 4 }))
  .map(([name, points]) => gauge(name, ...points));
const metrics = fc
  .tuple(set, fc.array(metric, { minLength: 1, maxLength: 4 }))
  .map(([entries, list]) => request({ resource: resource(entries) }, ...list));
const requests = fc.array(metrics, { minLength: 1, maxLength: 5 });

describe('batch', () => {
  test('preserves all data and its order, and respects the maximum size', async () => {
    const sizes = fc
      .tuple(fc.nat(6), fc.nat(6))
      .map(([size, more]) => ({ send_batch_size: size + 1, send_batch_max_size: size + 1 + more }));
    await fc.assert(
      fc.asyncProperty(requests, sizes, async (sent, settings) => {
        const out = await throughProcessors([['batch', { timeout: '1h', ...settings }]], sent);
        expect(pointsOf(out)).toEqual(pointsOf(sent));
        for (const batch of out) {
          expect(batch.dataPointCount).toBe(pointsOf([batch]).length);
          expect(batch.dataPointCount).toBeLessThanOrEqual(settings.send_batch_max_size);
        }
      }),
      runs,
    );
  });
});

describe('memory_limiter', () => {
  test('does not change accepted data', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (sent) => {
        const limiter: Stage = ['memory_limiter', { check_interval: '1h', limit_mib: 1_000_000 }];
        const out = await throughProcessors([limiter], sent);
        expect(out.every((request, index) => request === sent[index])).toBe(true);
        expect(out).toHaveLength(sent.length);
      }),
      runs,
    );
  });
});

describe('attributes and resource', () => {
  const value = fc.constantFrom<string | number | boolean>('v', 5, true);
  const action = fc
    .tuple(fc.constantFrom('insert', 'update', 'upsert', 'delete'), keys, value)
    .map(([name, key, to]) => ({
      action: name,
      key,
      ...(name !== 'delete' && { value: to }),
    }));
  const actions = fc.array(action, { minLength: 1, maxLength: 4 });

  test.each(['attributes', 'resource'] as const)('%s: upsert equals insert and update in any order', async (type) => {
    const stage = (list: object[]): Stage => [type, type === 'attributes' ? { actions: list } : { attributes: list }];
    await fc.assert(
      fc.asyncProperty(requests, keys, value, async (sent, key, to) => {
        const step = (action: string) => stage([{ action, key, value: to }]);
        const upserted = await throughProcessors([step('upsert')], sent);
        expect(await throughProcessors([step('insert'), step('update')], sent)).toEqual(upserted);
        expect(await throughProcessors([step('update'), step('insert')], sent)).toEqual(upserted);
      }),
      runs,
    );
  });

  test('several actions equal several processors with one action each', async () => {
    await fc.assert(
      fc.asyncProperty(requests, actions, async (sent, list) => {
        const together = await throughProcessors([['attributes', { actions: list }]], sent);
        const apart = await throughProcessors(
          list.map((each): Stage => ['attributes', { actions: [each] }]),
          sent,
        );
        expect(apart).toEqual(together);
      }),
      runs,
    );
  });

  test('preserves the number of data points, and does not change the incoming request', async () => {
    await fc.assert(
      fc.asyncProperty(requests, actions, async (sent, list) => {
        const before = structuredClone(sent);
        const out = await throughProcessors(
          [
            ['attributes', { actions: list }],
            ['resource', { attributes: list }],
          ],
          sent,
        );
        expect(pointsOf(out)).toHaveLength(pointsOf(sent).length);
        expect(sent).toEqual(before);
      }),
      runs,
    );
  });
});

describe('filter', () => {
  const condition = fc
    .tuple(keys, fc.constantFrom('"a"', '"b"', '1', 'true', 'nil'))
    .map(([key, literal]) => `attributes["${key}"] == ${literal}`);
  const dropping = (text: string): Stage => ['filter', { metrics: { datapoint: [text] } }];

  test('keeps every data point either for a condition or for its negation', async () => {
    await fc.assert(
      fc.asyncProperty(requests, condition, async (sent, text) => {
        const kept = pointsOf(await throughProcessors([dropping(text)], sent));
        const others = pointsOf(await throughProcessors([dropping(`not (${text})`)], sent));
        const points = pointsOf(sent);
        expect(points.filter((each) => [...kept, ...others].some(({ point }) => point === each.point))).toEqual(points);
        expect(kept.length + others.length).toBe(points.length);
      }),
      runs,
    );
  });

  test('is idempotent, and a list of two conditions equals two filters', async () => {
    await fc.assert(
      fc.asyncProperty(requests, condition, condition, async (sent, one, other) => {
        const once = await throughProcessors([dropping(one)], sent);
        expect(await throughProcessors([dropping(one), dropping(one)], sent)).toEqual(once);
        const both: Stage = ['filter', { metrics: { datapoint: [one, other] } }];
        expect(await throughProcessors([both], sent)).toEqual(
          await throughProcessors([dropping(one), dropping(other)], sent),
        );
      }),
      runs,
    );
  });

  test('passes on no empty metrics, scopes, and resources', async () => {
    await fc.assert(
      fc.asyncProperty(requests, condition, async (sent, text) => {
        for (const { resourceMetrics, dataPointCount } of await throughProcessors([dropping(text)], sent)) {
          expect(dataPointCount).toBeGreaterThan(0);
          for (const { scopeMetrics } of resourceMetrics) {
            for (const { metrics: list } of scopeMetrics)
              expect(list.every(({ dataPoints }) => dataPoints.length > 0)).toBe(true);
          }
        }
      }),
      runs,
    );
  });
});

describe('transform and metrics_transform', () => {
  test('set equals upsert, and delete_key equals delete', async () => {
    const statements = (...list: string[]): Stage => [
      'transform',
      { metric_statements: [{ context: 'datapoint', statements: list }] },
    ];
    const upsert = (key: string): Stage => ['attributes', { actions: [{ action: 'upsert', key, value: 'v' }] }];
    const remove = (key: string): Stage => ['attributes', { actions: [{ action: 'delete', key }] }];
    const pointsAfter = async (stage: Stage, sent: readonly Metrics[]) =>
      pointsOf(await throughProcessors([stage], sent)).map(shown);
    await fc.assert(
      fc.asyncProperty(requests, keys, async (sent, key) => {
        const set = statements(`set(attributes["${key}"], "v")`);
        expect(await pointsAfter(set, sent)).toEqual(await pointsAfter(upsert(key), sent));
        const deleted = statements(`delete_key(attributes, "${key}")`);
        expect(await pointsAfter(deleted, sent)).toEqual(await pointsAfter(remove(key), sent));
      }),
      runs,
    );
  });

  test('renaming a metric twice restores it', async () => {
    const rename = (include: string, new_name: string): Stage => [
      'metrics_transform',
      { transforms: [{ include, action: 'update', new_name }] },
    ];
    await fc.assert(
      fc.asyncProperty(requests, async (sent) => {
        expect(await throughProcessors([rename('x', 'never.used'), rename('never.used', 'x')], sent)).toEqual(sent);
      }),
      runs,
    );
  });

  test('aggregation over an attribute preserves the sum', async () => {
    const total = (requests: readonly Metrics[]) =>
      pointsOf(requests).reduce((sum, { point }) => sum + Number((point as NumberDataPoint).value), 0);
    const operations = [{ action: 'aggregate_labels', label_set: ['k'], aggregation_type: 'sum' }];
    const stage: Stage = [
      'metrics_transform',
      { transforms: [{ include: '.*', match_type: 'regexp', action: 'update', operations }] },
    ];
    await fc.assert(
      fc.asyncProperty(requests, async (sent) => {
        const out = await throughProcessors([stage], sent);
        expect(total(out)).toBe(total(sent));
        for (const { point } of pointsOf(out))
          expect(point.attributes.entries.every(({ key }) => key === 'k')).toBe(true);
      }),
      runs,
    );
  });

  test('patterns that need exponential time in backtracking engines terminate', async () => {
    const long = `${'a'.repeat(50_000)}!`;
    const sent = [request({}, gauge(long, number(1, { attributes: attributes({ k: long }) })))];
    const pattern = '^(a+)+$';
    const stages: Stage[] = [
      ['filter', { metrics: { datapoint: [`IsMatch(attributes["k"], "${pattern}")`] } }],
      ['transform', { metric_statements: [`replace_pattern(datapoint.attributes["k"], "${pattern}", "x")`] }],
      [
        'metrics_transform',
        { transforms: [{ include: pattern, match_type: 'regexp', action: 'update', new_name: 'x' }] },
      ],
      ['attributes', { actions: [{ key: 'k', pattern: '^(?P<l>(?P<m>a+)+)$', action: 'extract' }] }],
      ['cumulative_to_delta', { include: { match_type: 'regexp', metrics: [pattern] } }],
    ];
    for (const stage of stages) expect(await throughProcessors([stage], sent)).toEqual(sent);
  });
});

import { expect, test } from 'vitest';
import { encodeMetrics } from '../../../test/support/otlp.ts';
import { doubleField, field, fixed64Field, keyValue, varintField } from '../../../test/support/wire.ts';
import type { ExponentialHistogramMetric, HistogramMetric, Metric } from '../metrics.ts';
import { DecodeError } from './decode-error.ts';
import { MetricsDecoder } from './decode-metrics.ts';

/** The metrics of a request whose only resource and scope hold these fields of a Metric. */
function decodedMetric(...fields: Buffer[]): Metric {
  const request = field(1, field(2, field(2, ...fields)));
  return new MetricsDecoder().decode(request).resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!;
}

const gauge = 5;
const sum = 7;
const histogram = 9;
const exponentialHistogram = 10;

const request = (...values: number[]) =>
  encodeMetrics({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'scheduler' } }] },
        scopeMetrics: [
          {
            scope: { name: 'airflow' },
            metrics: [
              {
                name: 'ti.finish',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: values.map((asInt, index) => ({
                    asInt,
                    timeUnixNano: 7n,
                    attributes: [{ key: 'dag_id', value: { stringValue: `dag ${index % 2}` } }],
                  })),
                },
              },
            ],
          },
        ],
      },
    ],
  });

test('what is sent again is the same object: resource, scope, descriptor, attributes', () => {
  const decoder = new MetricsDecoder();
  const [first, second] = [decoder.decode(request(1, 2, 3)), decoder.decode(request(4))];
  const [a, b] = [first.resourceMetrics[0]!, second.resourceMetrics[0]!];
  expect(b.resource).toBe(a.resource);
  expect(b.scopeMetrics[0]!.scope).toBe(a.scopeMetrics[0]!.scope);
  const [before, after] = [a.scopeMetrics[0]!.metrics[0]!, b.scopeMetrics[0]!.metrics[0]!];
  expect(after.descriptor).toBe(before.descriptor);
  expect(after.dataPoints[0]!.attributes).toBe(before.dataPoints[0]!.attributes);
  expect(before.dataPoints[2]!.attributes).toBe(before.dataPoints[0]!.attributes);
  expect(before.dataPoints[1]!.attributes).not.toBe(before.dataPoints[0]!.attributes);
});

test('nothing of a request is kept', () => {
  const decoder = new MetricsDecoder();
  const body = request(1, 2);
  const data = decoder.decode(body);
  const copy = structuredClone(data);
  body.fill(0xff);
  expect(data).toEqual(copy);
  expect(decoder.decode(request(1, 2))).toEqual(copy);
});

test('a malformed request leaves no state, wherever the error is', () => {
  const decoder = new MetricsDecoder();
  const body = request(1, 2, 3);
  for (let length = 1; length < body.length; length++) {
    expect(() => decoder.decode(body.subarray(0, length)), `${length} bytes`).toThrow('unexpected EOF');
    const data = decoder.decode(body);
    expect(data.dataPointCount).toBe(3);
    expect(data).toEqual(new MetricsDecoder().decode(body));
  }
});

test('an empty request has no resources; empty messages have defaults', () => {
  expect(new MetricsDecoder().decode(Buffer.alloc(0))).toEqual({ resourceMetrics: [], dataPointCount: 0 });
  const { resourceMetrics } = new MetricsDecoder().decode(field(1, field(2)));
  const nothing = { attributes: { entries: [] }, droppedAttributesCount: 0 };
  expect(resourceMetrics).toEqual([
    {
      resource: { ...nothing, entityRefs: [] },
      scopeMetrics: [{ scope: { ...nothing, name: '', version: '' }, metrics: [], schemaUrl: '' }],
      schemaUrl: '',
    },
  ]);
});

test('the deprecated field 1000 is used when there are no scope metrics, and its points count only then', () => {
  const point = field(1, fixed64Field(3, 5n));
  const scopeMetrics = (name: string) => [field(1, field(1, name)), field(2, field(1, 'm'), field(gauge, point))];
  const scopesOf = (...fields: Buffer[]) => {
    const { resourceMetrics, dataPointCount } = new MetricsDecoder().decode(field(1, ...fields));
    return [resourceMetrics[0]!.scopeMetrics.map(({ scope }) => scope.name), dataPointCount];
  };
  const [old, current] = [field(1000, ...scopeMetrics('old')), field(2, ...scopeMetrics('current'))];
  expect(scopesOf(old, old)).toEqual([['old', 'old'], 2]);
  expect(scopesOf(old, current)).toEqual([['current'], 1]);
  expect(scopesOf(current, old)).toEqual([['current'], 1]);
});

test('the last data of a metric wins, and two of one kind are not merged, same as in the Collector', () => {
  const point = (value: number) => field(1, doubleField(4, value));
  expect(decodedMetric(field(gauge, point(1)), field(sum, varintField(3, 1)))).toMatchObject({
    type: 'Sum',
    isMonotonic: true,
    dataPoints: [],
  });
  expect(decodedMetric(field(sum, point(1), varintField(3, 1)), field(sum, point(2)))).toMatchObject({
    isMonotonic: false,
    dataPoints: [{ value: 2 }],
  });
  expect(decodedMetric().type).toBe('Empty');
});

test('of a value the last wins', () => {
  const asInt = fixed64Field(6, 2n ** 64n - 1n);
  const pointValue = (...fields: Buffer[]) =>
    (decodedMetric(field(gauge, field(1, ...fields))).dataPoints[0] as { value: unknown }).value;
  expect(pointValue(asInt, doubleField(4, 1.5))).toBe(1.5);
  expect(pointValue(doubleField(4, 1.5), asInt)).toBe(-1n);
  expect(pointValue()).toBeUndefined();
});

test('attributes in several places belong to one point, in order', () => {
  const point = field(
    1,
    field(7, keyValue('a', '1')),
    fixed64Field(3, 9n),
    field(7, keyValue('b', '2')),
    varintField(8, 1),
    field(7, keyValue('a', '3')),
  );
  const { attributes, flags } = decodedMetric(field(gauge, point)).dataPoints[0]!;
  expect(attributes.entries).toEqual([
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
    { key: 'a', value: '3' },
  ]);
  expect(flags).toBe(1);
});

test('a guess of attributes does not reach beyond its point', () => {
  const decoder = new MetricsDecoder();
  // Two empty attributes; then one, and after its point the bytes that looked like the second.
  const points = (...fields: Buffer[]) => field(1, field(2, field(2, field(exponentialHistogram, ...fields))));
  const [both, one, none] = [field(1, field(1), field(1)), field(1, field(1)), field(1)];
  const counts = (body: Buffer) =>
    decoder
      .decode(body)
      .resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!.dataPoints.map(({ attributes }) => attributes.entries.length);
  expect(counts(points(one, both))).toEqual([1, 2]);
  expect(counts(points(one, one, none))).toEqual([1, 1, 0]);
});

test('lists of numbers can be packed, unpacked, and in pieces; equal bounds share one list', () => {
  const doubles = (...values: number[]) => field(7, ...values.map((value) => doubleField(0, value).subarray(1)));
  const point = (...fields: Buffer[]) => field(1, ...fields);
  const metric = decodedMetric(
    field(
      histogram,
      point(
        doubles(1, 2),
        doubleField(7, 3),
        doubles(),
        doubles(4),
        fixed64Field(6, 5n),
        field(6, Buffer.from('0100000100000000'.repeat(2), 'hex')),
      ),
      point(doubles(1, 2)),
      point(doubles(1, 2)),
      point(doubleField(7, 1), doubles(2)),
    ),
  ) as HistogramMetric;
  expect(metric.dataPoints.map(({ explicitBounds }) => explicitBounds)).toEqual([
    [1, 2, 3, 4],
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(metric.dataPoints[0]!.bucketCounts).toEqual([5, 2 ** 24 + 1, 2 ** 24 + 1]);
  expect(metric.dataPoints[2]!.explicitBounds).toBe(metric.dataPoints[1]!.explicitBounds);
});

test('exponential buckets in two parts are merged; the next point has its own', () => {
  const buckets = field(8, varintField(1, 3), field(2, Buffer.from([1, 2])));
  const metric = decodedMetric(
    field(exponentialHistogram, field(1, buckets, varintField(10, 1), field(8, varintField(2, 7))), field(1, buckets)),
  ) as ExponentialHistogramMetric;
  expect(metric.dataPoints.map(({ positive }) => positive)).toEqual([
    { offset: -2, bucketCounts: [1, 2, 7] },
    { offset: -2, bucketCounts: [1, 2] },
  ]);
  expect(metric.dataPoints[0]!.negative).toEqual({ offset: 0, bucketCounts: [] });
});

test('limits bucket counts, which need one byte each in the request and eight in memory', () => {
  const buckets = (...fields: Buffer[]) => decodedMetric(field(exponentialHistogram, field(1, field(8, ...fields))));
  const many = field(2, Buffer.alloc(4_000_000));
  expect((buckets(many, many) as ExponentialHistogramMetric).dataPoints[0]!.positive.bucketCounts).toHaveLength(
    8_000_000,
  );
  const message = 'the request has more than 8000000 bucket counts';
  expect(() => buckets(field(2, Buffer.alloc(20_000_000)))).toThrow(message);
  expect(() => buckets(many, many, varintField(2, 0))).toThrow(message);
});

/* Results of the Collector. */
test.each([
  ['a field of another wire type', field(1, varintField(2, 1)), 'proto: wrong wireType = 0 for field ScopeMetrics'],
  [
    'a point as a number',
    field(1, field(2, field(2, field(gauge, varintField(1, 1))))),
    'proto: wrong wireType = 0 for field DataPoints',
  ],
  ['a metric that ends early', field(1, field(2, Buffer.from([0x12, 5, 0x0a]))), 'unexpected EOF'],
  [
    'packed doubles of odd length',
    field(1, field(2, field(2, field(histogram, field(1, field(7, '1234567')))))),
    'proto: invalid field len = 7 for field ExplicitBounds',
  ],
  [
    'a short trace id',
    field(1, field(2, field(2, field(gauge, field(1, field(5, field(5, 'short'))))))),
    'unmarshal: invalid TraceID length',
  ],
  ['field 0', Buffer.from([0x02, 0]), 'proto: Link: illegal field=0 (tag=2, pos=1)'],
  [
    'field 0 after attributes',
    field(1, field(2, field(2, field(gauge, field(1, Buffer.from([0xba, 0, 0, 0, 0])))))),
    'proto: Link: illegal field=0 (tag=0, pos=14)',
  ],
])('%s is refused', (_, body, message) => {
  expect(() => new MetricsDecoder().decode(body)).toThrow(new DecodeError(message));
});

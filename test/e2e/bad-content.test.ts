import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../support/bridge.ts';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics, type OtlpDataPoint, type OtlpKeyValue, type OtlpMetric } from '../support/otlp.ts';
import { type ParsedFamily, parseExposition } from '../support/parse-exposition.ts';
import { field } from '../support/wire.ts';

/*
 * Sends valid requests with unusual content to the real process. Each receives 200, a strict parser accepts the output, and the output
 * contains all data that Prometheus can represent.
 */

let bridge: Bridge;
beforeAll(async () => {
  bridge = await Bridge.start({ prometheus: { without_scope_info: true, max_series: 20_000 } });
});
afterAll(() => bridge?.stop());

async function families(): Promise<ParsedFamily[]> {
  const { status, body } = await bridge.scrape();
  expect(status).toBe(200);
  return parseExposition(body.latin1Slice(), 'text');
}

/** Returns the samples of a family as `labels value`. Labels are `name=value`, joined with commas. */
async function samplesOf(name: string): Promise<string[] | undefined> {
  const family = (await families()).find((each) => each.name === name);
  return family?.samples.map((sample) => {
    const labels = sample.labels.map(([label, value]) => `${label}=${value}`).join(',');
    return `${sample.name.slice(name.length)}{${labels}} ${sample.value}`;
  });
}

async function send(...metrics: OtlpMetric[]): Promise<void> {
  const answer = await postMetrics(
    bridge.ports.http,
    encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  );
  expect(answer.status).toBe(200);
}

const gauge = (name: string, ...dataPoints: OtlpDataPoint[]): OtlpMetric => ({ name, gauge: { dataPoints } });
const counter = (name: string, ...dataPoints: OtlpDataPoint[]): OtlpMetric => ({
  name,
  sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints },
});
const histogram = (name: string, ...dataPoints: OtlpDataPoint[]): OtlpMetric => ({
  name,
  histogram: { aggregationTemporality: 2, dataPoints },
});
const text = (key: string, stringValue: string): OtlpKeyValue => ({ key, value: { stringValue } });
const labelled = (...attributes: OtlpKeyValue[]): OtlpDataPoint => ({ asInt: 1, attributes });

describe('texts', () => {
  test('escapes label values that equal lines of the output', async () => {
    const value = 'a"b\\c\n# EOF\nfake{x="y"} 1\n';
    await send(gauge('texts.value', labelled(text('k', value))));
    expect(await samplesOf('texts_value')).toEqual([`{k=${value}} 1`]);
  });

  test('escapes names and help texts with newlines, quotes, and braces', async () => {
    await send({ ...gauge('texts\nhelp"{}', { asInt: 1 }), description: 'one\ntwo\\ # EOF' });
    const family = (await families()).find(({ name }) => name === 'texts_help');
    expect(family).toMatchObject({ help: 'one\ntwo\\ # EOF', samples: [{ value: 1 }] });
  });

  test('drops only the series of values that are not valid UTF-8, and keeps a zero byte', async () => {
    const attribute = (value: Buffer) => field(7, field(1, 'k'), field(2, field(1, value)));
    const point = (value: Buffer) => field(1, attribute(value), Buffer.from('310100000000000000', 'hex'));
    const points = [
      Buffer.from([0xff]),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from([0x61, 0]),
      Buffer.from('ok'),
    ].map(point);
    const body = field(1, field(2, field(2, field(1, 'texts.bytes'), field(5, ...points))));
    expect((await postMetrics(bridge.ports.http, body)).status).toBe(200);
    expect(await samplesOf('texts_bytes')).toEqual(['{k=a\0} 1', '{k=ok} 1']);
  });

  test('drops metrics whose names cannot be translated', async () => {
    await send(gauge('', { asInt: 1 }), gauge('___', { asInt: 1 }), gauge('1st', { asInt: 1 }));
    expect(await samplesOf('_1st')).toEqual(['{} 1']);
    expect((await families()).map(({ name }) => name)).not.toContain('');
  });

  test('accepts a value of 64 KiB and a point with a thousand attributes, and drops points with more', async () => {
    const labels = (count: number) => Array.from({ length: count }, (_, index) => text(`k${index}`, 'v'));
    await send(
      gauge('texts.long', labelled(text('k', 'x'.repeat(65_000))), labelled(text('k', 'x'.repeat(70_000)))),
      gauge('texts.many', labelled(...labels(1_000)), labelled(...labels(1_001))),
    );
    expect((await samplesOf('texts_long'))!.map((sample) => sample.length)).toEqual([65_006]);
    const many = (await families()).find(({ name }) => name === 'texts_many')!;
    expect(many.samples.map((sample) => sample.labels.length)).toEqual([1_000]);
  });
});

describe('labels', () => {
  test('have another name if Prometheus or the exporter sets them', async () => {
    const keys = ['job', 'instance', '__name__', 'le', '_', ''];
    await send(gauge('labels.taken', labelled(...keys.map((key) => text(key, `of ${key}`)))));
    await send(histogram('labels.le', { count: 1, sum: 1, bucketCounts: [1], attributes: [text('le', 'x')] }));
    expect(await samplesOf('labels_taken')).toEqual([
      '{instance=of instance,job=of job,key_=of _,key__name__=of __name__,le=of le} 1',
    ]);
    expect((await samplesOf('labels_le'))![0]).toBe('_bucket{exported_le=x,le=+Inf} 1');
  });

  test('are joined if two keys become one', async () => {
    await send(gauge('labels.joined', labelled(text('a_b', 'second'), text('a.b', 'first'))));
    expect(await samplesOf('labels_joined')).toEqual(['{a_b=first;second} 1']);
  });
});

describe('families', () => {
  test('combine metrics with the same name, and drop another type or help', async () => {
    await send(gauge('families.same', labelled(text('k', '1'))), gauge('families_same', labelled(text('k', '2'))));
    expect(await samplesOf('families_same')).toEqual(['{k=1} 1', '{k=2} 1']);
    await send({ ...gauge('families.type_total', { asInt: 1 }), description: 'first' });
    await send({ ...counter('families.type', { asInt: 2 }), description: 'second' });
    const found = (await families()).filter(({ name }) => name === 'families_type_total');
    expect(found).toMatchObject([{ type: 'gauge', help: 'first', samples: [{ value: 1 }] }]);
  });
});

describe('numbers', () => {
  test('include NaN, infinities, zeros, and 64-bit integers', async () => {
    const values: OtlpDataPoint[] = [
      { asDouble: Number.NaN },
      { asDouble: Number.POSITIVE_INFINITY },
      { asDouble: Number.NEGATIVE_INFINITY },
      { asDouble: -0 },
      { asInt: '-9223372036854775808' },
    ];
    await send(
      gauge('numbers.odd', ...values.map((value, index) => ({ ...value, attributes: [text('i', String(index))] }))),
    );
    expect(await samplesOf('numbers_odd')).toEqual([
      '{i=0} NaN',
      '{i=1} Infinity',
      '{i=2} -Infinity',
      '{i=3} 0',
      '{i=4} -9223372036854776000',
    ]);
  });

  test('accept times that decrease, are zero, or are at the end of the range', async () => {
    const times: OtlpDataPoint[] = [
      { timeUnixNano: 5, asInt: 5 },
      { timeUnixNano: 4, asInt: 4 },
      { timeUnixNano: 0, asInt: 0 },
      { timeUnixNano: '18446744073709551615', asInt: 9 },
    ];
    await send(gauge('numbers.times', ...times.map((point) => ({ ...point, startTimeUnixNano: 7 }))));
    expect(await samplesOf('numbers_times')).toEqual(['{} 5']);
  });

  test('remove only the series of a point with NoRecordedValue', async () => {
    const of = (k: string) => ({ attributes: [text('k', k)] });
    await send(gauge('numbers.ended', { ...of('a'), asInt: 1 }, { ...of('b'), asInt: 2 }));
    await send(gauge('numbers.ended', { ...of('a'), flags: 1 }, { ...of('b'), asInt: 3 }));
    expect(await samplesOf('numbers_ended')).toEqual(['{k=b} 3']);
  });
});

describe('histograms', () => {
  const bad: readonly OtlpDataPoint[] = [
    { count: 3, sum: 1, bucketCounts: [1, 1, 1], explicitBounds: [2, 1] },
    { count: 3, sum: 1, bucketCounts: [1, 1, 1], explicitBounds: [1, 1] },
    { count: 3, sum: 1, bucketCounts: [1, 1, 1], explicitBounds: [Number.NaN, 1] },
    { count: 3, sum: 1, bucketCounts: [1, 1], explicitBounds: [1, 2, 3] },
    { count: 3, sum: 1, bucketCounts: [1, 1, 1, 1, 1], explicitBounds: [1] },
    { count: 1, sum: 1, bucketCounts: [5, 5], explicitBounds: [1] },
    {
      count: '18446744073709551615',
      sum: Number.NaN,
      bucketCounts: ['18446744073709551615', 1],
      explicitBounds: [Number.POSITIVE_INFINITY],
    },
    { count: 0, bucketCounts: [], explicitBounds: [] },
  ];

  test('with inconsistent bounds, buckets, and counts do not invalidate the output', async () => {
    await send(
      histogram('histograms.bad', ...bad.map((point, index) => ({ ...point, attributes: [text('i', String(index))] }))),
    );
    const samples = await samplesOf('histograms_bad');
    expect(samples!.filter((sample) => sample.startsWith('_count'))).toHaveLength(bad.length);
  });

  test('accept exponential scales and offsets at the ends of their range', async () => {
    const ends = [-2147483648, -11, 40, 2147483647];
    const points = ends.flatMap((scale) =>
      ends.map(
        (offset): OtlpDataPoint => ({
          count: 2,
          sum: 1,
          scale,
          positive: { offset, bucketCounts: [1, 0, 1] },
          attributes: [text('i', `${scale} ${offset}`)],
        }),
      ),
    );
    for (const aggregationTemporality of [1, 2]) {
      await send({
        name: `histograms.ends${aggregationTemporality}`,
        exponentialHistogram: { aggregationTemporality, dataPoints: points },
      });
      await send({
        name: `histograms.ends${aggregationTemporality}`,
        exponentialHistogram: {
          aggregationTemporality,
          dataPoints: points.map((point) => ({ ...point, timeUnixNano: 5, scale: 0 })),
        },
      });
    }
    expect((await families()).length).toBeGreaterThan(0);
  });

  test('of ten thousand buckets are accepted, and those with more are dropped', async () => {
    const answer = async (count: number) => {
      const point = field(1, field(8, field(2, Buffer.alloc(count))));
      const body = field(1, field(2, field(2, field(1, 'histograms.wide'), field(10, point))));
      const { status, body: partial } = await postMetrics(bridge.ports.http, body);
      return [status, partial.toString()];
    };
    // An empty partial success.
    expect(await answer(10_000)).toEqual([200, '\n\0']);
    for (const count of [10_001, 10_000_000]) {
      expect(await answer(count)).toEqual([200, expect.stringContaining('metric points exceed a limit: 1 ')]);
    }
  });

  test('accept summaries with repeated or invalid quantiles', async () => {
    const quantileValues = [0.5, 0.5, Number.NaN, -1, 2].map((quantile, value) => ({ quantile, value }));
    await send({ name: 'histograms.summary', summary: { dataPoints: [{ count: 1, sum: 1, quantileValues }] } });
    expect((await samplesOf('histograms_summary'))!.slice(-2)).toEqual(['_sum{} 1', '_count{} 1']);
  });
});

test('keeps existing series and continues to run above the series limit', async () => {
  await send(gauge('limit.old', { asInt: 1 }));
  const points = (from: number) =>
    Array.from({ length: 10_000 }, (_, index) => labelled(text('i', String(from + index))));
  for (let round = 0; round < 4; round++) await send(gauge('limit.new', ...points(round * 10_000)));
  expect(await samplesOf('limit_old')).toEqual(['{} 1']);
  const total = (await families()).reduce((sum, { samples }) => sum + samples.length, 0);
  expect(total).toBeLessThan(21_000);
  await send(gauge('limit.old', { asInt: 2 }));
  expect(await samplesOf('limit_old')).toEqual(['{} 2']);
});

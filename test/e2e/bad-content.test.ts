import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../support/bridge.ts';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics, type OtlpDataPoint, type OtlpKeyValue, type OtlpMetric } from '../support/otlp.ts';
import { type ParsedFamily, parseExposition } from '../support/parse-exposition.ts';
import { field } from '../support/wire.ts';

/*
 * Well-formed requests with content that breaks other exporters' pages, to the real process: each is answered with 200, the page stays
 * one that a strict reader takes, and what can be shown is.
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

/** The samples of a family as `labels value`, labels as `name=value` joined with commas. */
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
  test('label values that look like lines of the page stay values', async () => {
    const value = 'a"b\\c\n# EOF\nfake{x="y"} 1\n';
    await send(gauge('texts.value', labelled(text('k', value))));
    expect(await samplesOf('texts_value')).toEqual([`{k=${value}} 1`]);
  });

  test('names and helps with line ends, quotes and brackets', async () => {
    await send({ ...gauge('texts\nhelp"{}', { asInt: 1 }), description: 'one\ntwo\\ # EOF' });
    const family = (await families()).find(({ name }) => name === 'texts_help');
    expect(family).toMatchObject({ help: 'one\ntwo\\ # EOF', samples: [{ value: 1 }] });
  });

  test('values that are no UTF-8 leave out their series only, a zero byte nothing', async () => {
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

  test('names that can not be left out or mended are left out', async () => {
    await send(gauge('', { asInt: 1 }), gauge('___', { asInt: 1 }), gauge('1st', { asInt: 1 }));
    expect(await samplesOf('_1st')).toEqual(['{} 1']);
    expect((await families()).map(({ name }) => name)).not.toContain('');
  });

  test('a value of a megabyte and a point of ten thousand attributes', async () => {
    const attributes = Array.from({ length: 10_000 }, (_, index) => text(`k${index}`, 'v'));
    await send(
      gauge('texts.long', labelled(text('k', 'x'.repeat(1_000_000)))),
      gauge('texts.many', labelled(...attributes)),
    );
    expect((await samplesOf('texts_long'))![0]!.length).toBe(1_000_006);
    expect((await families()).find(({ name }) => name === 'texts_many')!.samples[0]!.labels).toHaveLength(10_000);
  });
});

describe('labels', () => {
  test('that Prometheus or the exporter sets are served under another name', async () => {
    const keys = ['job', 'instance', '__name__', 'le', '_', ''];
    await send(gauge('labels.taken', labelled(...keys.map((key) => text(key, `of ${key}`)))));
    await send(histogram('labels.le', { count: 1, sum: 1, bucketCounts: [1], attributes: [text('le', 'x')] }));
    expect(await samplesOf('labels_taken')).toEqual([
      '{instance=of instance,job=of job,key_=of _,key__name__=of __name__,le=of le} 1',
    ]);
    expect((await samplesOf('labels_le'))![0]).toBe('_bucket{exported_le=x,le=+Inf} 1');
  });

  test('of two keys that become one are joined', async () => {
    await send(gauge('labels.joined', labelled(text('a_b', 'second'), text('a.b', 'first'))));
    expect(await samplesOf('labels_joined')).toEqual(['{a_b=first;second} 1']);
  });
});

describe('families', () => {
  test('two metrics that become one name are one family; a second type or help is left out', async () => {
    await send(gauge('families.same', labelled(text('k', '1'))), gauge('families_same', labelled(text('k', '2'))));
    expect(await samplesOf('families_same')).toEqual(['{k=1} 1', '{k=2} 1']);
    await send({ ...gauge('families.type_total', { asInt: 1 }), description: 'first' });
    await send({ ...counter('families.type', { asInt: 2 }), description: 'second' });
    const found = (await families()).filter(({ name }) => name === 'families_type_total');
    expect(found).toMatchObject([{ type: 'gauge', help: 'first', samples: [{ value: 1 }] }]);
  });
});

describe('numbers', () => {
  test('NaN, infinities, zeros and integers of 64 bits', async () => {
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

  test('times that lie before each other, at zero and at the end of time', async () => {
    const times: OtlpDataPoint[] = [
      { timeUnixNano: 5, asInt: 5 },
      { timeUnixNano: 4, asInt: 4 },
      { timeUnixNano: 0, asInt: 0 },
      { timeUnixNano: '18446744073709551615', asInt: 9 },
    ];
    await send(gauge('numbers.times', ...times.map((point) => ({ ...point, startTimeUnixNano: 7 }))));
    expect(await samplesOf('numbers_times')).toEqual(['{} 5']);
  });

  test('a point that says that nothing was recorded ends its own series', async () => {
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

  test('whose bounds, buckets and counts do not fit leave a page that can be read', async () => {
    await send(
      histogram('histograms.bad', ...bad.map((point, index) => ({ ...point, attributes: [text('i', String(index))] }))),
    );
    const samples = await samplesOf('histograms_bad');
    expect(samples!.filter((sample) => sample.startsWith('_count'))).toHaveLength(bad.length);
  });

  test('of exponential scale and offset at their ends', async () => {
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

  test('of a million buckets are taken, of ten million refused', async () => {
    const answer = (count: number) => {
      const point = field(1, field(8, field(2, Buffer.alloc(count))));
      return postMetrics(
        bridge.ports.http,
        field(1, field(2, field(2, field(1, 'histograms.wide'), field(10, point)))),
      );
    };
    expect((await answer(1_000_000)).status).toBe(200);
    const refusal = await answer(10_000_000);
    expect([refusal.status, refusal.body.toString()]).toEqual([400, expect.stringContaining('bucket counts')]);
  });

  test('summaries with a quantile twice, or one that is none', async () => {
    const quantileValues = [0.5, 0.5, Number.NaN, -1, 2].map((quantile, value) => ({ quantile, value }));
    await send({ name: 'histograms.summary', summary: { dataPoints: [{ count: 1, sum: 1, quantileValues }] } });
    expect((await samplesOf('histograms_summary'))!.slice(-2)).toEqual(['_sum{} 1', '_count{} 1']);
  });
});

test('more series than are allowed: the old ones stay, the process too', async () => {
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

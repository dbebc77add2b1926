import { describe, expect, test } from 'vitest';
import { field, fixed64Field, keyValue, varintField } from '../../../test/support/wire.ts';
import type { ItemLimits } from '../item-limits.ts';
import { decodeLogs } from './decode-logs.ts';
import { MetricsDecoder } from './decode-metrics.ts';
import { decodeTraces } from './decode-traces.ts';

const limits: ItemLimits = { maxTextBytes: 100, maxAttributes: 4, maxListLength: 5, maxItemBytes: 400 };
const long = 'x'.repeat(101);
const asLong = 'x'.repeat(100);

type Dropped = [reason: string, items: number, subject: string];

function decoded(request: Buffer, settings: ItemLimits = limits) {
  const dropped: Dropped[] = [];
  const decoder = new MetricsDecoder({ limits: settings });
  const metrics = decoder.decode(request, (...drop) => dropped.push(drop));
  return { metrics, dropped, names: namesOf(metrics) };
}

function namesOf({ resourceMetrics }: ReturnType<MetricsDecoder['decode']>): string[] {
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.map(({ descriptor, dataPoints }) => `${descriptor.name} ${dataPoints.length}`),
    ),
  );
}

const attribute = (tag: number, key: string, text: string) => field(tag, keyValue(key, text));
const point = (...fields: Buffer[]) => field(1, fixed64Field(6, 1n), ...fields);
const metric = (name: string, tag: number, ...points: Buffer[]) => field(2, field(1, name), field(tag, ...points));
const request = (...metrics: Buffer[]) => field(1, field(2, ...metrics));
/** Returns a gauge with one valid point and the given one. */
const beside = (bad: Buffer, tag = 5) => request(metric('m', tag, point(), bad), metric('other', 5, point()));
const times = (count: number, bytes: Buffer) => Buffer.concat(Array<Buffer>(count).fill(bytes));

describe('drops a point that exceeds a limit, and keeps the others', () => {
  test.each<[string, Buffer, string, number?]>([
    ['text of a value', point(attribute(7, 'k', long)), 'text_too_long'],
    ['bytes of a value', point(field(7, field(1, 'k'), field(2, field(7, long)))), 'text_too_long'],
    ['list in a value', point(field(7, field(1, 'k'), field(2, field(5, times(51, field(1)))))), 'text_too_long'],
    ['key', point(attribute(7, long, 'v')), 'text_too_long'],
    ['number of attributes', point(times(5, attribute(7, 'k', 'v'))), 'too_many_attributes'],
    [
      'number of attributes in two runs',
      point(times(3, attribute(7, 'k', 'v')), varintField(8, 0), times(2, attribute(7, 'k', 'v'))),
      'too_many_attributes',
    ],
    ['exemplars', point(times(6, field(5, fixed64Field(6, 1n)))), 'list_too_long'],
    ['text of an exemplar', point(field(5, attribute(7, 'k', long))), 'text_too_long'],
    ['attributes of an exemplar', point(field(5, times(5, attribute(7, 'k', 'v')))), 'too_many_attributes'],
    [
      'bytes of all together',
      point(...[1, 2, 3, 4].map((k) => attribute(7, `k${k}`, asLong.slice(2)))),
      'item_too_large',
    ],
    ['bounds', field(1, field(7, Buffer.alloc(48))), 'list_too_long', 9],
    ['bounds that are not packed', field(1, times(6, Buffer.alloc(9, Buffer.from([0x39])))), 'list_too_long', 9],
    ['bounds in two lists', field(1, field(7, Buffer.alloc(24)), field(7, Buffer.alloc(24))), 'list_too_long', 9],
    ['bucket counts', field(1, field(6, Buffer.alloc(56))), 'list_too_long', 9],
    ['bucket counts that are not packed', field(1, times(7, Buffer.alloc(9, Buffer.from([0x31])))), 'list_too_long', 9],
    ['buckets of an exponential histogram', field(1, field(8, field(2, Buffer.alloc(6, 1)))), 'list_too_long', 10],
    ['buckets that are not packed', field(1, field(9, times(6, varintField(2, 1)))), 'list_too_long', 10],
    ['quantiles', field(1, times(6, field(6))), 'list_too_long', 11],
  ])('%s', (_, bad, reason, tag = 5) => {
    const { metrics, dropped, names } = decoded(
      tag === 5 ? beside(bad) : request(metric('m', tag, bad), metric('other', 5, point())),
    );
    expect(dropped).toEqual([[reason, 1, 'm']]);
    expect(names).toEqual(tag === 5 ? ['m 1', 'other 1'] : ['m 0', 'other 1']);
    expect(metrics.dataPointCount).toBe(tag === 5 ? 2 : 1);
  });

  test('keeps values of exactly the limit', () => {
    const good = point(attribute(7, 'k', asLong.slice(2)), times(3, attribute(7, 'k', 'v')), times(5, field(5)));
    expect(decoded(beside(good)).dropped).toEqual([]);
    const histogram = field(1, field(6, Buffer.alloc(48)), field(7, Buffer.alloc(40)));
    expect(decoded(request(metric('m', 9, histogram))).dropped).toEqual([]);
  });

  test('an attribute set that was dropped once is dropped again', () => {
    const decoder = new MetricsDecoder({ limits });
    for (let round = 0; round < 3; round++) {
      const dropped: string[] = [];
      decoder.decode(beside(point(attribute(7, 'k', long))), (reason) => dropped.push(reason));
      expect(dropped).toEqual(['text_too_long']);
    }
  });

  test('0 is no limit', () => {
    const none = { maxTextBytes: 0, maxAttributes: 0, maxListLength: 0, maxItemBytes: 0 };
    const { dropped, names } = decoded(beside(point(times(50, attribute(7, 'k', long.repeat(100))))), none);
    expect([dropped, names]).toEqual([[], ['m 2', 'other 1']]);
  });
});

describe('drops points with a metric, scope, or resource that exceeds a limit', () => {
  const good = metric('good', 5, point());
  const bad = (...parts: Buffer[]) => field(2, ...parts, field(5, point(), point()));
  test.each<[string, Buffer, number]>([
    ['name of a metric', request(bad(field(1, long)), good), 2],
    ['description', request(bad(field(1, 'm'), field(2, long)), good), 2],
    ['unit', request(bad(field(1, 'm'), field(3, long)), good), 2],
    ['metadata', request(bad(field(1, 'm'), attribute(12, 'k', long)), good), 2],
    ['name of a scope', field(1, field(2, field(1, field(1, long)), bad(field(1, 'm'))), field(2, good)), 2],
    ['attributes of a scope', field(1, field(2, field(1, times(5, attribute(3, 'k', 'v'))), bad()), field(2, good)), 2],
    ['schema URL of a scope', field(1, field(2, bad(), field(3, long)), field(2, good)), 2],
    [
      'resource attribute',
      Buffer.concat([field(1, field(1, attribute(1, 'k', long)), field(2, bad())), request(good)]),
      2,
    ],
    ['schema URL of a resource', Buffer.concat([field(1, field(2, bad()), field(3, long)), request(good)]), 2],
    [
      'bytes of a resource',
      Buffer.concat([
        field(1, field(1, varintField(99, 1), Buffer.alloc(500, Buffer.from([0x10, 1]))), field(2, bad())),
        request(good),
      ]),
      2,
    ],
    [
      'pieces of a resource',
      Buffer.concat([field(1, times(8, field(1, varintField(2, 1))), field(2, bad())), request(good)]),
      2,
    ],
  ])('%s', (_, body, points) => {
    const { metrics, dropped, names } = decoded(body);
    expect(dropped.reduce((sum, [, items]) => sum + items, 0)).toBe(points);
    expect(names).toEqual(['good 1']);
    expect(metrics.dataPointCount).toBe(1);
  });

  test('the last of several URLs counts', () => {
    expect(decoded(field(1, field(2, good, field(3, long), field(3, 'short')))).dropped).toEqual([]);
  });
});

test('a request that is malformed behind a dropped point is refused', () => {
  const body = Buffer.concat([beside(point(attribute(7, 'k', long))), Buffer.from([0x0a, 0x05])]);
  expect(() => decoded(body)).toThrow('unexpected EOF');
});

test('spans and log records are dropped one by one, events and links with their span', () => {
  const dropped: Dropped[] = [];
  const options = { limits, onOverLimit: (...drop: Dropped) => dropped.push(drop) };
  const spans = [
    field(2, field(5, 'good')),
    field(2, field(5, long)),
    field(2, times(6, field(11))),
    field(2, times(6, field(13))),
    field(2, field(11, attribute(3, 'k', long))),
  ];
  expect(decodeTraces(field(1, field(2, ...spans)), options).spanCount).toBe(1);
  const records = [
    field(2, field(5, field(1, 'good'))),
    field(2, field(5, field(1, long))),
    field(2, times(5, field(6))),
  ];
  expect(decodeLogs(field(1, field(2, ...records)), options).logRecordCount).toBe(1);
  expect(dropped.map(([reason]) => reason)).toEqual([
    'text_too_long',
    'list_too_long',
    'list_too_long',
    'text_too_long',
    'text_too_long',
    'too_many_attributes',
  ]);
});

test('slices: a large request pauses for other requests, and both have the same result as alone', () => {
  const many = Array.from({ length: 3000 }, (_, i) => point(attribute(7, 'k', `v${i}`)));
  const resources = Array.from({ length: 3000 }, (_, i) => field(1, field(1, attribute(1, 'service.name', `s${i}`))));
  const body = Buffer.concat([
    request(metric('large', 5, ...many)),
    ...resources,
    request(metric('after', 5, point())),
  ]);
  const decoder = new MetricsDecoder({ limits });
  const slices = decoder.slices(body);
  let pauses = 0;
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) {
      expect(value).toEqual(new MetricsDecoder().decode(body));
      break;
    }
    pauses += 1;
    expect(namesOf(decoder.decode(request(metric(`between ${pauses}`, 5, point()))))).toEqual([`between ${pauses} 1`]);
  }
  expect(pauses).toBeGreaterThan(body.length / 32_768);
});

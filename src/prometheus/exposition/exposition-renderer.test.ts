import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeFamilies } from '../../../test/support/decode-families.ts';
import { counter, number, type TestFamily } from '../../../test/support/families.ts';
import { renderExposition } from '../../../test/support/render-exposition.ts';
import type { Series } from '../metric-family.ts';
import { toBuffer } from './byte-builder.ts';
import { ExpositionRenderer } from './exposition-renderer.ts';
import type { ContentCoding } from './negotiate-compression.ts';
import { openMetricsFormat } from './openmetrics-format.ts';
import { protobufFormat } from './protobuf-format.ts';
import { textFormat } from './text-format.ts';

class TestClock {
  ms = 0;
  /** Increase of the clock per reading, ms. 10 makes every part a slice. */
  step = 0;
  now(): number {
    return this.ms;
  }
  monotonic(): number {
    this.ms += this.step;
    return this.ms;
  }
}

const text = textFormat('underscores');
const protobuf = protobufFormat('underscores');
const formats = [text, openMetricsFormat('1.0.0', 'underscores'), protobuf];
const codings: ContentCoding[] = ['identity', 'gzip', 'zstd'];

/** Small families, one split into several parts, and small ones again. */
function someFamilies(): TestFamily[] {
  const values = (count: number) => Array.from({ length: count }, (_, i) => i * 1.5);
  return [
    counter('a_total', values(3)),
    counter('b_total', [7]),
    counter('c_total', values(2000)),
    counter('d_total', []),
    counter('e_total', values(300)),
    counter('f_total', values(300)),
  ];
}

async function collectOutput(
  renderer: ExpositionRenderer,
  families: readonly TestFamily[],
  { format = text, coding = 'identity' as ContentCoding } = {},
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of renderer.render({ families, format, coding })) pieces.push(toBuffer(piece));
  return Buffer.concat(pieces);
}

function decode(body: Buffer, coding: ContentCoding): string {
  const raw = coding === 'gzip' ? zlib.gunzipSync(body) : coding === 'zstd' ? zlib.zstdDecompressSync(body) : body;
  return raw.latin1Slice();
}

const shown = (families: readonly TestFamily[]) => families.filter(({ series }) => series.length > 0);

test.each(codings)(
  '%s: slices, cached parts, and changed families result in the same bytes as a simple rendering',
  async (coding) => {
    for (const format of formats) {
      const clock = new TestClock();
      clock.step = 10;
      const renderer = new ExpositionRenderer({ clock });
      const families = someFamilies();
      const check = async () => {
        const body = await collectOutput(renderer, families, { format, coding });
        expect(decode(body, coding) === renderExposition(format, shown(families))).toBe(true);
      };
      await check();
      await check();
      families[2]!.series[1200] = number({ i: 'other' }, 42);
      families[2]!.version++;
      await check();
      families[0]!.series.push(number({ i: 'new' }, 1));
      families[0]!.version++;
      families.splice(4, 1);
      await check();
    }
  },
);

test.each(codings)(
  '%s: long labels result in the same bytes as a simple rendering, in pieces of limited size',
  async (coding) => {
    const long = Array.from({ length: 100 }, (_, i) => number({ i: `${i}`.padStart(30_000, '"') }, i));
    const families: TestFamily[] = [
      ...someFamilies(),
      { name: 'long_total', help: '', type: 'counter', version: 1, series: long },
      counter('z_total', [1]),
    ];
    for (const format of formats) {
      const renderer = new ExpositionRenderer({ clock: new TestClock() });
      const sizes: number[] = [];
      for await (const piece of renderer.render({ families, format, coding: 'identity' })) sizes.push(piece.length);
      if (format !== protobuf) expect(Math.max(...sizes)).toBeLessThan(800_000);
      const body = await collectOutput(renderer, families, { format, coding });
      expect(decode(body, coding) === renderExposition(format, shown(families))).toBe(true);
    }
  },
);

test('omits and reports a series whose lines are too long, in each text format', async () => {
  const buckets = Array.from({ length: 100 }, (_, i) => i);
  const histogram = (pairs: Record<string, string>): Series => ({
    ...number(pairs, 0),
    kind: 'histogram',
    count: 0,
    sum: 0,
    upperBounds: buckets,
    cumulativeCounts: buckets.map(() => 0),
    exemplars: undefined,
  });
  const series = [histogram({ a: '1' }), histogram({ a: 'x'.repeat(1_000) }), histogram({ a: '2' })];
  const family: TestFamily = { name: 'h', help: '', type: 'histogram', version: 1, series };
  const omitted: string[] = [];
  const renderer = new ExpositionRenderer({
    clock: new TestClock(),
    maxSeriesBytes: 100_000,
    onOmittedSeries: ({ name }) => omitted.push(name),
  });
  for (const format of [text, openMetricsFormat('1.0.0', 'underscores')]) {
    const body = await collectOutput(renderer, [family], { format });
    const rest: TestFamily = { ...family, series: [series[0]!, series[2]!] };
    expect(body.latin1Slice()).toBe(renderExposition(format, [rest]));
  }
  expect(omitted).toEqual(['h', 'h']);
  const body = await collectOutput(renderer, [family], { format: protobuf });
  expect(body.latin1Slice()).toBe(renderExposition(protobuf, [family]));
});

test.each(codings)('%s: in protobuf, a family of more than 8 MiB is several messages', async (coding) => {
  // 400 series are one part, 2,000 are several.
  for (const count of [400, 2_000]) {
    const series = Array.from({ length: count }, (_, i) => number({ i: `${i}`.padStart(25_000, 'x') }, i));
    const family: TestFamily = { name: 'long_total', help: 'Long', type: 'counter', version: 1, series };
    const renderer = new ExpositionRenderer({ clock: new TestClock() });
    const body = await collectOutput(renderer, [family, counter('z_total', [1])], { format: protobuf, coding });
    const messages = decodeFamilies(Buffer.from(decode(body, coding), 'latin1'));
    expect(messages.length).toBeGreaterThan(2);
    expect(messages.pop()).toMatchObject({ name: 'z_total' });
    for (const message of messages)
      expect(message).toMatchObject({ name: 'long_total', help: 'Long', type: 'counter' });
    const values = messages.flatMap((message) => message.series.map((one) => (one.kind === 'number' ? one.value : -1)));
    expect(values).toEqual(series.map((_, i) => i));
  }
});

test.each(codings)('%s: an empty response', async (coding) => {
  for (const format of formats) {
    const body = await collectOutput(new ExpositionRenderer({ clock: new TestClock() }), [], { format, coding });
    expect(decode(body, coding)).toBe(format.trailer);
  }
});

test('a gzip response is one member, for clients that do not read a second one', async () => {
  const body = await collectOutput(new ExpositionRenderer({ clock: new TestClock() }), someFamilies(), {
    coding: 'gzip',
  });
  const magic = Buffer.from([0x1f, 0x8b, 8, 0]);
  expect(body.indexOf(magic)).toBe(0);
  expect(body.indexOf(magic, 1)).toBe(-1);
});

test('only parts with a changed family are rendered again', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock() });
  const families = someFamilies();
  const rendered: string[] = [];
  const format = {
    ...text,
    begin(...[family, budget]: Parameters<typeof text.begin>) {
      rendered.push(family.name);
      return text.begin(family, budget);
    },
  };
  await collectOutput(renderer, families, { format });
  expect(new Set(rendered)).toEqual(new Set(['a_total', 'b_total', 'c_total', 'e_total', 'f_total']));
  rendered.length = 0;
  await collectOutput(renderer, families, { format });
  expect(rendered).toEqual([]);
  families[5]!.version++;
  await collectOutput(renderer, families, { format });
  expect(rendered).toEqual(['f_total']);
});

test('a family that changes between its slices shows each series once, and is not kept', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock() });
  const family = counter(
    'c_total',
    Array.from({ length: 2000 }, () => 1),
  );
  const pieces: string[] = [];
  for await (const piece of renderer.render({ families: [family], format: text, coding: 'identity' })) {
    pieces.push(toBuffer(piece).latin1Slice());
    if (pieces.length > 1) continue;
    family.series.unshift(number({ i: '!' }, 1));
    family.series.pop();
    family.version++;
  }
  const numbers = [...pieces.join('').matchAll(/i="(.+)"/g)].map((match) => match[1]);
  expect(numbers).toEqual(Array.from({ length: 2000 }, (_, i) => String(i)));
  expect((await collectOutput(renderer, [family])).latin1Slice()).toBe(renderExposition(text, [family]));
});

test('families that are added or removed during rendering do not change the response', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock() });
  const families = someFamilies();
  const want = renderExposition(text, shown(families));
  const pieces: Buffer[] = [];
  for await (const piece of renderer.render({ families, format: text, coding: 'identity' })) {
    pieces.push(toBuffer(piece));
    if (pieces.length === 1) families.reverse().pop();
  }
  expect(Buffer.concat(pieces).latin1Slice()).toBe(want);
});

test('scrapers at the same moment share parts, also where there is no room to keep them', async () => {
  let begun = 0;
  const format = {
    ...text,
    begin(...[family, budget]: Parameters<typeof text.begin>) {
      begun++;
      return text.begin(family, budget);
    },
  };
  const clock = new TestClock();
  clock.step = 10;
  const renderer = new ExpositionRenderer({ clock, maxKeptBytes: 0 });
  const families = someFamilies();
  await collectOutput(renderer, families, { format, coding: 'gzip' });
  const once = begun;
  begun = 0;
  families[2]!.version++;
  const bodies = await Promise.all([1, 2, 3].map(() => collectOutput(renderer, families, { format, coding: 'gzip' })));
  expect(begun).toBeLessThanOrEqual(once);
  expect(new Set(bodies.map((body) => body.toString('latin1'))).size).toBe(1);
  expect(renderer.keptBytes).toBe(0);
});

test('cached parts do not exceed their limit, and the response is complete nonetheless', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock(), maxKeptBytes: 20_000 });
  const families = someFamilies();
  for (let i = 0; i < 3; i++) {
    const body = await collectOutput(renderer, families);
    expect(body.latin1Slice() === renderExposition(text, shown(families))).toBe(true);
    if (i === 0) expect(renderer.keptBytes).toBeGreaterThan(0);
    expect(renderer.keptBytes).toBeLessThanOrEqual(20_000);
    for (const family of families) family.version++;
  }
});

test('a part that has changed since the last response is cached again after it has remained the same', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock() });
  const families = someFamilies();
  const kept: number[] = [];
  const collect = async () => {
    const body = await collectOutput(renderer, families);
    expect(body.latin1Slice() === renderExposition(text, shown(families))).toBe(true);
    kept.push(renderer.keptBytes);
  };
  await collect();
  families[2]!.version++;
  await collect();
  families[2]!.version++;
  await collect();
  await collect();
  const [first, changed, again, same] = kept;
  expect(first).toBe(renderExposition(text, shown(families)).length);
  expect(changed).toBeLessThan(first! / 2);
  expect([again, same]).toEqual([changed, first]);
});

test('discards parts of removed families with the next response', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock() });
  await collectOutput(renderer, someFamilies());
  const small = [counter('z_total', [1])];
  const body = await collectOutput(renderer, small);
  expect(renderer.keptBytes).toBe(body.length);
});

test('discards parts of a format ten minutes after its last response', async () => {
  const clock = new TestClock();
  const renderer = new ExpositionRenderer({ clock });
  await collectOutput(renderer, someFamilies());
  clock.ms += 10 * 60_000;
  renderer.sweep();
  expect(renderer.keptBytes).toBeGreaterThan(0);
  clock.ms += 1;
  renderer.sweep();
  expect(renderer.keptBytes).toBe(0);
});

test('a response that is not read to its end leaves no state, and the next one is complete', async () => {
  const renderer = new ExpositionRenderer({ clock: new TestClock() });
  const families = someFamilies();
  for await (const piece of renderer.render({ families, format: protobuf, coding: 'gzip' })) {
    if (piece.length > 10) break;
  }
  const body = await collectOutput(renderer, families, { format: protobuf, coding: 'gzip' });
  expect(decode(body, 'gzip') === renderExposition(protobuf, shown(families))).toBe(true);
});

test('label text is cached in label sets up to a limit, and discarded above it', async () => {
  const families = someFamilies();
  const keptLabels = () => families.flatMap(({ series }) => series).filter(({ labels }) => labels.text !== undefined);
  await collectOutput(new ExpositionRenderer({ clock: new TestClock(), maxKeptBytes: 0 }), families);
  expect(keptLabels().length).toBe(3 + 1 + 2000 + 600);
  const bounded = new ExpositionRenderer({ clock: new TestClock(), maxKeptBytes: 0, maxLabelBytes: 100 });
  await collectOutput(bounded, families);
  expect(keptLabels().reduce((sum, { labels }) => sum + (labels.text?.length ?? 0), 0)).toBeLessThanOrEqual(100);
  expect(keptLabels().length).toBeGreaterThan(10);
  const body = await collectOutput(bounded, families);
  expect(body.latin1Slice() === renderExposition(text, shown(families))).toBe(true);
});

import { describe, expect, test } from 'vitest';
import { ByteReader } from '../state/byte-reader.ts';
import { ByteWriter } from '../state/byte-writer.ts';
import { Horizons } from './horizons.ts';
import { type Tombstone, Tombstones } from './tombstones.ts';

function tombstones(maxCount: number) {
  const horizons = new Horizons();
  return { horizons, tombs: new Tombstones({ maxCount, horizons }) };
}

/** The tombstone of the process with that number. */
const tombstone = (process: number, value = 1): Tombstone => ({
  seriesHash: 1,
  identity: 2,
  process,
  startTimeUnixNano: 1_000_123n + BigInt(process),
  timeUnixMs: 5,
  value,
  lowest: value,
  limitUnixNano: undefined,
  content: undefined,
});

const valuesOf = (tombs: Tombstones, ...processes: number[]) =>
  processes.map((process) => tombs.find(tombstone(process))?.value);

const copyOf = (tombs: Tombstones, maxCount: number) => {
  const copy = tombstones(maxCount);
  for (const block of [...tombs.dirty.take()].sort((a, b) => a - b)) {
    const writer = new ByteWriter();
    if (tombs.write(block, writer)) copy.tombs.read(block, new ByteReader(writer.take()));
  }
  copy.tombs.dropSurplus();
  return copy;
};

test('discards the oldest, and the horizon of their series increases', () => {
  const { tombs, horizons } = tombstones(2);
  for (const process of [1, 2, 3]) tombs.add(tombstone(process), 0);
  expect(valuesOf(tombs, 1, 2, 3)).toEqual([undefined, 1, 1]);
  expect(horizons.of(1, 1n)?.startTimeUnixNano).toBe(tombstone(1).startTimeUnixNano);
});

test('a stream that is active again makes room for another one', () => {
  const { tombs, horizons } = tombstones(3);
  for (const process of [1, 2, 3]) tombs.add(tombstone(process), 0);
  tombs.remove(tombstone(2));
  tombs.add(tombstone(4), 0);
  tombs.remove(tombstone(3));
  tombs.add(tombstone(3, 7), 0);
  expect(valuesOf(tombs, 1, 2, 3, 4)).toEqual([1, undefined, 7, 1]);
  expect(tombs.size).toBe(3);
  expect(horizons.of(1, 1n)).toBeUndefined();
});

test('the same after a restart', () => {
  const { tombs } = tombstones(3);
  for (const process of [1, 2, 3]) tombs.add(tombstone(process), 0);
  tombs.remove(tombstone(2));
  tombs.add(tombstone(4), 0);
  const { tombs: copy, horizons } = copyOf(tombs, 3);
  expect(valuesOf(copy, 1, 2, 3, 4)).toEqual([1, undefined, 1, 1]);
  copy.remove(tombstone(1));
  copy.add(tombstone(5), 0);
  expect(valuesOf(copy, 3, 4, 5)).toEqual([1, 1, 1]);
  expect(horizons.of(1, 1n)).toBeUndefined();
});

test('the places of streams that are active again are limited', () => {
  const { tombs, horizons } = tombstones(2);
  tombs.add(tombstone(1), 0);
  for (let times = 0; times < 2_000; times++) {
    tombs.add(tombstone(2), 0);
    tombs.remove(tombstone(2));
  }
  expect(valuesOf(tombs, 1)).toEqual([undefined]);
  expect(horizons.of(1, 1n)?.startTimeUnixNano).toBe(tombstone(1).startTimeUnixNano);
});

describe('the horizon', () => {
  const day = 86_400_000;
  const nowMs = 1_700_000_000_000;
  const nano = (unixMs: number) => BigInt(unixMs) * 1_000_000n;

  test('of a process whose clock is years ahead is the time at which pitot discarded the stream', () => {
    const { tombs, horizons } = tombstones(1);
    const wrong = { startTimeUnixNano: nano(nowMs + 9_000 * day) + 1n, timeUnixMs: nowMs + 9_000 * day + 5 };
    tombs.add({ ...tombstone(1), ...wrong }, nowMs);
    tombs.add(tombstone(2), nowMs);
    expect(horizons.of(1, 1n)).toEqual({ startTimeUnixNano: nano(nowMs), limitUnixNano: nano(nowMs) });
  });

  test('of a process whose clock is hours ahead is its start time', () => {
    const { tombs, horizons } = tombstones(1);
    const wrong = { startTimeUnixNano: nano(nowMs + day / 8) + 1n, timeUnixMs: nowMs + day / 8 + 5 };
    tombs.add({ ...tombstone(1), ...wrong }, nowMs);
    tombs.add(tombstone(2), nowMs);
    expect(horizons.of(1, 1n)?.startTimeUnixNano).toBe(wrong.startTimeUnixNano);
  });

  test('of unknown start times rises if there are too many tombstones, but not after a week', () => {
    const { tombs, horizons } = tombstones(1);
    tombs.add({ ...tombstone(1), startTimeUnixNano: 0n }, nowMs);
    for (const _ of tombs.expire(nowMs + 8 * day));
    expect(tombs.size).toBe(0);
    expect(horizons.of(1, 0n)).toBeUndefined();
    for (const process of [2, 3]) tombs.add({ ...tombstone(process), startTimeUnixNano: 0n }, nowMs);
    expect(horizons.of(1, 0n)).toBeDefined();
  });
});

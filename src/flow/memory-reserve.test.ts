import { expect, test } from 'vitest';
import { residentMemory } from './memory-limit.ts';
import { MemoryReserve } from './memory-reserve.ts';

const unknown = Number.POSITIVE_INFINITY;

/** Memory of 400 bytes, of which collections free what a test says. */
function memory({
  used,
  gradual = 0,
  thorough = 0,
  pending = 0,
}: {
  used: number;
  gradual?: number;
  thorough?: number;
  pending?: number;
}) {
  const state = { used, nowMs: 0, collections: [] as string[] };
  const reserve = new MemoryReserve({
    limit: 400,
    resident: () => state.used,
    pending: () => pending,
    collect: (done) => {
      state.collections.push('gradual');
      state.used -= gradual;
      done();
    },
    collectThoroughly: () => {
      state.collections.push('thorough');
      state.used -= thorough;
    },
    wait: async (ms) => {
      state.nowMs += ms;
    },
    now: () => state.nowMs,
  });
  return { state, reserve };
}

test('a quarter of the memory must be free', async () => {
  expect(memory({ used: 300 }).reserve.isFree(unknown)).toBe(true);
  const { reserve, state } = memory({ used: 301, gradual: 1 });
  expect(reserve.isFree(unknown)).toBe(false);
  expect(await reserve.free(unknown)).toBe(true);
  expect(state.collections).toEqual(['gradual']);
});

test('a collection with a pause follows only if that is not enough, and not again for ten seconds', async () => {
  const { reserve, state } = memory({ used: 350, gradual: 5, thorough: 20 });
  expect(await reserve.free(unknown)).toBe(false);
  expect(await reserve.free(unknown)).toBe(false);
  expect(state.collections).toEqual(['gradual', 'thorough', 'gradual']);
  state.nowMs += 10_000;
  expect(await reserve.free(unknown)).toBe(true);
});

test('a request of known size needs 64 times its size, and requests in flight can still grow', () => {
  expect(memory({ used: 336 }).reserve.isFree(1)).toBe(true);
  expect(memory({ used: 337 }).reserve.isFree(1)).toBe(false);
  expect(memory({ used: 326, pending: 10 }).reserve.isFree(1)).toBe(true);
  expect(memory({ used: 327, pending: 10 }).reserve.isFree(1)).toBe(false);
});

test('nothing is collected if the reserve is free', async () => {
  const { reserve, state } = memory({ used: 10 });
  expect(await reserve.free(unknown)).toBe(true);
  expect(state.collections).toEqual([]);
});

test('resident memory grows with buffers and excludes the pages of the executable', () => {
  const before = residentMemory();
  const buffer = Buffer.alloc(64 * 2 ** 20, 1);
  expect(residentMemory() - before).toBeGreaterThan(48 * 2 ** 20);
  expect(residentMemory()).toBeLessThanOrEqual(process.memoryUsage.rss() + 2 ** 20);
  expect(buffer[buffer.length - 1]).toBe(1);
});

test('counts the pieces of work that fit into 85% of the memory', () => {
  const f = (used: number, pieces: number) => expect(memory({ used }).reserve.affordable(50)).toBe(pieces);
  f(0, 6);
  f(90, 5);
  f(91, 4);
  f(340, 0);
  f(400, 0);
});

import { expect, test } from 'vitest';
import { DeltaWindows, maxWindows } from './delta-windows.ts';

test('each window counts once, in any order', () => {
  const windows = new DeltaWindows();
  const sent: [bigint, bigint, number][] = [
    [0n, 10n, 1],
    [20n, 30n, 2],
    [10n, 20n, 3],
    [0n, 10n, 4],
  ];
  expect(sent.map((window) => windows.take(...window))).toEqual([true, true, true, true]);
  expect(sent.map((window) => windows.take(...window))).toEqual([false, false, false, false]);
});

test('what is remembered is bounded: the latest windows', () => {
  const windows = new DeltaWindows();
  for (let i = 0n; i < 2 * maxWindows; i++) windows.take(i, i + 1n, 1);
  expect(windows.recent).toHaveLength(3 * maxWindows);
  expect(windows.take(BigInt(maxWindows), BigInt(maxWindows) + 1n, 1)).toBe(false);
});

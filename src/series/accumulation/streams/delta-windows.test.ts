import { expect, test } from 'vitest';
import { noAttributes } from '#pdata/attributes.ts';
import { DeltaWindows, maxWindows } from './delta-windows.ts';

const window = (start: number, end: number) => ({
  startTimeUnixNano: BigInt(start),
  timeUnixNano: BigInt(end),
  flags: 0,
  attributes: noAttributes,
});
let metricNumber = 0;
/** Adds a window of a separate metric. */
const add = (windows: DeltaWindows, start: number, end: number, size: number, sum = 0) =>
  windows.add(window(start, end), { size, sum, metricNumber: metricNumber++ });

test('adds each window once, in any order', () => {
  const windows = new DeltaWindows();
  const sent: [number, number, number][] = [
    [0, 10, 1],
    [20, 30, 2],
    [10, 20, 3],
    [0, 10, 4],
  ];
  expect(sent.map((each) => add(windows, ...each))).toEqual([true, true, true, true]);
  expect(sent.map((each) => add(windows, ...each))).toEqual([false, false, false, false]);
});

test('distinguishes windows with equal counts by their sums', () => {
  const windows = new DeltaWindows();
  expect([3, 4, 3].map((sum) => add(windows, 0, 10, 1, sum))).toEqual([true, true, false]);
});

test('adds equal points of one metric, and recognizes all of them when the metric is repeated', () => {
  const windows = new DeltaWindows();
  const message = () => {
    const content = { size: 1, sum: 0, metricNumber: metricNumber++ };
    return [0, 1, 2].map(() => windows.add(window(0, 10), content));
  };
  expect(message()).toEqual([true, true, true]);
  expect(message()).toEqual([false, false, false]);
});

test('stores only the latest windows', () => {
  const windows = new DeltaWindows();
  for (let i = 0; i < 2 * maxWindows; i++) add(windows, i, i + 1, 1);
  expect(windows.hashes).toHaveLength(maxWindows);
  expect(add(windows, maxWindows, maxWindows + 1, 1)).toBe(false);
  expect(add(windows, 0, 1, 1)).toBe(true);
});

test('adds more equal points of one metric than it stores windows', () => {
  const windows = new DeltaWindows();
  const content = { size: 1, sum: 0, metricNumber: metricNumber++ };
  const added = Array.from({ length: 3 * maxWindows }, () => windows.add(window(0, 10), content));
  expect(added).not.toContain(false);
});

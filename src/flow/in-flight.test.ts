import { describe, expect, test } from 'vitest';
import { defaultInFlightLimit, InFlightBudget } from './in-flight.ts';

/** Returns a budget with a limit of 100 bytes, and the names of evicted requests. */
function budget() {
  const all = new InFlightBudget();
  const evicted: string[] = [];
  const open = (name: string) => all.open(100, () => evicted.push(name));
  return { all, evicted, open };
}

test('when a memory limiter begins to refuse, the oldest incomplete requests release three quarters of their memory', () => {
  const { all, evicted, open } = budget();
  const requests = ['done', 'a', 'b', 'c', 'd'].map(open);
  for (const request of requests) expect(request.add(20)).toBe(true);
  requests[0]!.complete();
  const limiter = {};
  all.setPressure(limiter, true);
  expect(evicted).toEqual(['a', 'b', 'c']);
  expect(all.bytes).toBe(40);
  // The rest uses more than a quarter of the limit.
  const late = open('late');
  expect(late.add(1)).toBe(true);
  expect(evicted).toEqual(['a', 'b', 'c', 'd']);
  expect(late.add(10)).toBe(false);
  all.setPressure(limiter, false);
  expect(late.add(60)).toBe(true);
});

describe('above the limit', () => {
  test('evicts as many of the oldest incomplete requests as necessary', () => {
    const { all, evicted, open } = budget();
    const [a, b, c] = [open('a'), open('b'), open('c')];
    for (const one of [a, b, c]) expect(one.add(30)).toBe(true);
    const d = open('d');
    expect(d.add(60)).toBe(true);
    expect(evicted).toEqual(['a', 'b']);
    expect(all.bytes).toBe(90);
    expect(a.add(1)).toBe(false);
  });

  test('refuses the oldest request itself', () => {
    const { all, evicted, open } = budget();
    const [a, b] = [open('a'), open('b')];
    expect([a.add(60), b.add(40)]).toEqual([true, true]);
    expect(a.add(1)).toBe(false);
    expect(evicted).toEqual([]);
    expect(all.bytes).toBe(100);
  });

  test('does not evict complete requests; a new one is refused and keeps its bytes', () => {
    const { all, evicted, open } = budget();
    const a = open('a');
    a.add(80);
    a.complete();
    const b = open('b');
    expect(b.add(10)).toBe(true);
    expect(b.add(20)).toBe(false);
    expect(evicted).toEqual([]);
    expect([b.bytes, all.bytes]).toEqual([10, 90]);
  });

  test('notifies an evicted request once, even if another one grows', () => {
    const { evicted, open } = budget();
    const a = open('a');
    a.add(90);
    open('b').add(50);
    open('c').add(60);
    expect(evicted).toEqual(['a', 'b']);
  });
});

test('releases bytes with the last holder', () => {
  const { all, open } = budget();
  const request = open('a');
  request.add(50);
  request.retain();
  request.release();
  expect(all.bytes).toBe(50);
  request.remove(20);
  expect(all.bytes).toBe(30);
  request.release();
  request.release();
  expect(all.bytes).toBe(0);
});

test('pressure lasts as long as some limiter reports it', () => {
  const { all } = budget();
  const [one, other] = [{}, {}];
  all.setPressure(one, true);
  all.setPressure(other, true);
  all.setPressure(one, false);
  expect(all.isUnderPressure).toBe(true);
  all.setPressure(other, false);
  expect(all.isUnderPressure).toBe(false);
});

test('the default lies between 48 and 256 MiB', () => {
  expect(defaultInFlightLimit() / 2 ** 20).toBeGreaterThanOrEqual(48);
  expect(defaultInFlightLimit() / 2 ** 20).toBeLessThanOrEqual(256);
});

import { expect, test } from 'vitest';
import { Slices } from './slices.ts';

test('work of many requests shares the turns of the event loop, one slice in each', async () => {
  const works = 20;
  const slicesEach = 5;
  let inTurn = 0;
  let most = 0;
  let isWatching = true;
  const watch = () => {
    most = Math.max(most, inTurn);
    inTurn = 0;
    if (isWatching) setImmediate(watch);
  };
  setImmediate(watch);
  const order: number[] = [];
  const work = async (id: number) => {
    const slices = new Slices();
    for (let i = 0; i < slicesEach; i++) {
      await slices.next();
      inTurn += 1;
      order.push(id);
    }
  };
  await Promise.all(Array.from({ length: works }, (_, id) => work(id)));
  isWatching = false;
  expect(most).toBe(1);
  // In turn: no request waits for another one to end.
  const once = Array.from({ length: works }, (_, id) => id);
  expect(order).toEqual(Array.from({ length: slicesEach }, () => once).flat());
});

test('work that arrives while other work waits has no slice of its own at once', async () => {
  const first = new Slices();
  const continued = first.next();
  const second = new Slices();
  const steps = Array.from({ length: 32 }, () => second.isOver());
  expect(steps.at(-1)).toBe(true);
  await continued;
});

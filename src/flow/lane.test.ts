import { expect, test } from 'vitest';
import { Lane } from './lane.ts';

test('runs one at a time, in order, even after a failure', async () => {
  const lane = new Lane();
  const events: string[] = [];
  const work = (name: string, fails = false) =>
    lane.enter(async () => {
      events.push(`${name} in`);
      await Promise.resolve();
      events.push(`${name} out`);
      if (fails) throw new Error(name);
      return name;
    });
  expect(lane.isFree).toBe(true);
  const results = Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(lane.isFree).toBe(false);
  expect(await results).toMatchObject([{ value: 'a' }, { reason: new Error('b') }, { value: 'c' }]);
  expect(events).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  await Promise.resolve();
  expect(lane.isFree).toBe(true);
});

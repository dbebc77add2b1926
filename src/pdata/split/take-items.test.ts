import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Level, takeItems, totalOf } from './take-items.ts';

/** Elements that are lists of items. */
const lists: Level<readonly number[]> = {
  count: (list) => list.length,
  cut: (list, room) => [list.slice(0, room), list.slice(room)],
};

const nested: Level<readonly (readonly number[])[]> = {
  count: (element) => totalOf(element, lists),
  cut: (element, room) => {
    const { head, rest } = takeItems(element, room, lists);
    return [head, rest];
  },
};

test('takes whole elements while they fit, and splits the first that does not', () => {
  const f = (room: number, head: number[][], rest: number[][]) =>
    expect(takeItems([[1, 2], [], [3, 4], [5]], room, lists)).toEqual({ head, rest });
  f(1, [[1]], [[2], [], [3, 4], [5]]);
  f(2, [[1, 2]], [[], [3, 4], [5]]);
  f(3, [[1, 2], [], [3]], [[4], [5]]);
  f(5, [[1, 2], [], [3, 4], [5]], []);
  f(9, [[1, 2], [], [3, 4], [5]], []);
});

test('cutting again and again loses nothing, keeps the order and fills every part', () => {
  const elements = fc.array(fc.array(fc.array(fc.integer(), { maxLength: 5 }), { maxLength: 4 }), { maxLength: 6 });
  fc.assert(
    fc.property(elements, fc.integer({ min: 1, max: 7 }), (given, size) => {
      const parts: number[][] = [];
      let rest: readonly (readonly (readonly number[])[])[] = given;
      while (totalOf(rest, nested) > 0) {
        const taken = takeItems(rest, size, nested);
        parts.push(taken.head.flat(2));
        rest = taken.rest;
      }
      expect(parts.flat()).toEqual(given.flat(2));
      expect(parts.slice(0, -1).every((part) => part.length === size)).toBe(true);
      expect((parts.at(-1)?.length ?? 1) <= size).toBe(true);
    }),
  );
});

/** Counts and splits the elements of one level (resources, scopes, metrics, points). */
export interface Level<Element> {
  /** Returns the number of items (points, spans, log records) in an element. */
  count(element: Element): number;
  /** Splits an element that has more than `room` items (at least 1). */
  cut(element: Element, room: number): readonly [head: Element, rest: Element];
}

/** Two parts of a list. `head` has no more than the requested number of items. */
export interface Taken<Element> {
  readonly head: readonly Element[];
  readonly rest: readonly Element[];
}

/** Takes elements from the start until `room` items are reached. Splits the last element if it does not fit. */
export function takeItems<Element>(elements: readonly Element[], room: number, level: Level<Element>): Taken<Element> {
  let left = room;
  for (const [i, element] of elements.entries()) {
    if (left === 0) return { head: elements.slice(0, i), rest: elements.slice(i) };
    const count = level.count(element);
    if (count > left) {
      const [first, second] = level.cut(element, left);
      return { head: [...elements.slice(0, i), first], rest: [second, ...elements.slice(i + 1)] };
    }
    left -= count;
  }
  return { head: elements, rest: [] };
}

/** Returns the number of items in all elements. */
export function totalOf<Element>(elements: readonly Element[], level: Level<Element>): number {
  let total = 0;
  for (const element of elements) total += level.count(element);
  return total;
}

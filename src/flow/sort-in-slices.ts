import type { Slices } from './slices.ts';

/** Items that are sorted at once: about a millisecond. */
const runLength = 2_000;
/** Steps between two pauses. */
const stepsPerSlice = 4_000;

/**
 * A new array in order, made in slices; equal items keep their order. `sortRun` sorts a few thousand items; by default, it is
 * `Array.sort` with `compare`.
 */
export function* sortInSlices<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
  sortRun: (run: readonly Item[]) => Item[] = (run) => run.toSorted(compare),
): Slices<Item[]> {
  if (items.length <= runLength) return sortRun(items);
  let runs: Item[][] = [];
  for (let from = 0; from < items.length; from += runLength) {
    runs.push(sortRun(items.slice(from, from + runLength)));
    yield;
  }
  while (runs.length > 1) {
    const longer: Item[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const next = runs[i + 1];
      longer.push(next === undefined ? runs[i]! : yield* merged(runs[i]!, next, compare));
    }
    runs = longer;
  }
  return runs[0]!;
}

/** Two sorted runs as one. The first one's items come first among equals. */
function* merged<Item>(first: Item[], second: Item[], compare: (a: Item, b: Item) => number): Slices<Item[]> {
  const result: Item[] = [];
  let i = 0;
  let k = 0;
  while (i < first.length && k < second.length) {
    result.push(compare(first[i]!, second[k]!) <= 0 ? first[i++]! : second[k++]!);
    if (result.length % stepsPerSlice === 0) yield;
  }
  while (i < first.length) {
    result.push(first[i++]!);
    if (result.length % stepsPerSlice === 0) yield;
  }
  while (k < second.length) {
    result.push(second[k++]!);
    if (result.length % stepsPerSlice === 0) yield;
  }
  return result;
}

/**
 * Counts for a series to keep: copied into the list that it has, or into a new one of another length. Points stay short-lived
 * that way: what they bring is not kept, and costs the garbage collector nothing (docs/performance.md).
 */
export function keptCounts(list: number[], given: readonly number[]): number[] {
  if (list.length !== given.length) return given.slice();
  for (let i = 0; i < list.length; i++) list[i] = given[i]!;
  return list;
}

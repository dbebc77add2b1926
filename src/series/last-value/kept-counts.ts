/**
 * Copies counts into the list of a series, or into a new one if the length differs. The arrays of points therefore
 * remain short-lived and cost the garbage collector nothing (docs/performance.md).
 */
export function keptCounts(list: number[], given: readonly number[]): number[] {
  if (list.length !== given.length) return given.slice();
  for (let i = 0; i < list.length; i++) list[i] = given[i]!;
  return list;
}

/** Keeps some elements, changed or unchanged. Returns the same list if nothing changes. */
export function keptItems<T>(items: readonly T[], keep: (item: T) => T | undefined): readonly T[] {
  let isChanged = false;
  const kept: T[] = [];
  for (const item of items) {
    const after = keep(item);
    isChanged ||= after !== item;
    if (after !== undefined) kept.push(after);
  }
  return isChanged ? kept : items;
}

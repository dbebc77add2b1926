/** Maps a list. Returns the same list if no element changes. */
export function mapChanged<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  let isChanged = false;
  const changed = items.map((item) => {
    const after = change(item);
    isChanged ||= after !== item;
    return after;
  });
  return isChanged ? changed : items;
}

import type { KeyValue } from './attributes.ts';

/** Attributes without the first entry of a key; the last entry takes its place, as the collector's maps do it. */
export function withoutKey(entries: readonly KeyValue[], key: string): readonly KeyValue[] {
  const index = entries.findIndex((entry) => entry.key === key);
  if (index < 0) return entries;
  const rest = entries.slice(0, -1);
  return index === rest.length ? rest : rest.with(index, entries.at(-1)!);
}

import type { KeyValue } from './attributes.ts';

/**
 * Returns attributes without the first entry of a key. The last entry moves to its position, same as in the Collector's
 * maps.
 */
export function withoutKey(entries: readonly KeyValue[], key: string): readonly KeyValue[] {
  const index = entries.findIndex((entry) => entry.key === key);
  if (index < 0) return entries;
  const rest = entries.slice(0, -1);
  return index === rest.length ? rest : rest.with(index, entries.at(-1)!);
}

import { hashText, stableHash } from '#bytes/hash-text.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import type { Family } from './family.ts';
import { HashTable } from './hash-table.ts';
import type { StoredSeries } from './stored-series.ts';

/** The identity of a series in Prometheus: the family and the labels without empty values. */
interface MergedKey {
  readonly family: Family;
  readonly labels: LabelSet;
  readonly hash: number;
}

/** A series that can be found by its labels. */
type HashedSeries = StoredSeries & { hash: number };

/** Returns the key of the series with these labels. Labels with an empty value do not change the hash, which is never 0. */
export function mergedKey(family: Family, labels: LabelSet): MergedKey {
  const { names, values } = labels;
  family.labelsHash ??= stableHash(family.name, family.type);
  let hash = family.labelsHash;
  for (let i = 0; i < names.length; i++) {
    if (values[i] !== '') hash = hashText(values[i]!, hashText(names[i]!, hash));
  }
  return { family, labels, hash: hash === 0 ? 1 : hash };
}

/** Series by family and labels, and the aliases of each: records of other points with the same labels. */
export class MergedSeries extends HashTable<HashedSeries, MergedKey> {
  readonly #aliases = new Map<StoredSeries, Set<StoredSeries>>();

  /** Adds a series and sets its hash, which is the same in every process. */
  addSeries(series: StoredSeries, key: MergedKey): void {
    const hashed = series as HashedSeries;
    hashed.hash = key.hash;
    this.add(hashed);
  }

  addAlias(series: StoredSeries, alias: StoredSeries): void {
    const aliases = this.#aliases.get(series);
    if (aliases) aliases.add(alias);
    else this.#aliases.set(series, new Set([alias]));
  }

  removeAlias(alias: StoredSeries): void {
    const series = alias.shownBy as StoredSeries | undefined;
    const aliases = series && this.#aliases.get(series);
    if (aliases?.delete(alias) && aliases.size === 0) this.#aliases.delete(series as StoredSeries);
  }

  /** Removes a series. Returns its aliases. */
  removed(series: StoredSeries): Iterable<StoredSeries> {
    if ((series as HashedSeries).hash) this.remove(series as HashedSeries);
    const aliases = this.#aliases.get(series);
    this.#aliases.delete(series);
    return aliases ?? [];
  }

  protected hashOf(series: HashedSeries): number {
    return series.hash;
  }

  protected matches(series: HashedSeries, { family, labels, hash }: MergedKey): boolean {
    return series.hash === hash && series.variant.family === family && isSameLabels(series.labels, labels);
  }
}

function isSameLabels(a: LabelSet, b: LabelSet): boolean {
  let i = 0;
  let j = 0;
  for (;;) {
    while (i < a.names.length && a.values[i] === '') i++;
    while (j < b.names.length && b.values[j] === '') j++;
    if (i === a.names.length || j === b.names.length) return i === a.names.length && j === b.names.length;
    if (a.names[i] !== b.names[j] || a.values[i] !== b.values[j]) return false;
    i++;
    j++;
  }
}

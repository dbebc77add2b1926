import { DistinctCount, hashOf, mixed } from '../observe/distinct-count.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';

/** Maximum number of labels to distinguish, and of values per label whose series are counted. */
const maxLabels = 2_000;
const maxValues = 20_000;

type Pair = readonly [name: string, value: string];
type Hash = readonly [low: number, high: number];

interface Counted {
  series: number;
  readonly values: Map<string, { series: number; readonly hash: Hash }>;
  readonly distinct: DistinctCount;
}

/**
 * Counts the labels and values of series. The hash of a label set is the sum of the hashes of its labels, so a label
 * can be subtracted.
 */
export class LabelCounts {
  readonly #labels = new Map<string, Counted>();

  add(pairs: readonly Pair[]): void {
    for (const [name, value] of pairs) {
      const label = this.#labels.get(name) ?? { series: 0, values: new Map(), distinct: new DistinctCount() };
      if (label.series === 0) {
        if (this.#labels.size >= maxLabels) continue;
        this.#labels.set(name, label);
      }
      label.series += 1;
      const known = label.values.get(value);
      if (known) {
        known.series += 1;
        continue;
      }
      const hash = pairHash(name, value);
      label.distinct.add(hash);
      if (label.values.size < maxValues) label.values.set(value, { series: 1, hash });
    }
  }

  /** Returns the names of the labels with the most distinct values. */
  mostValues(limit: number): string[] {
    const best = new BestOf<readonly [string, number]>(limit, (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    for (const [name, { distinct }] of this.#labels) best.add([name, distinct.count]);
    return best.sorted().map(([name]) => name);
  }

  of(name: string): { readonly values: number; readonly series: number } {
    const { distinct, series } = this.#labels.get(name)!;
    return { values: distinct.count, series };
  }

  async biggestPairs(
    limit: number,
  ): Promise<{ readonly label: string; readonly value: string; readonly series: number }[]> {
    const slices = new Slices();
    const best = new BestOf<{ label: string; value: string; series: number }>(limit, (a, b) => b.series - a.series);
    for (const [label, { values }] of this.#labels) {
      for (const [value, { series }] of values) {
        if (slices.isOver()) await slices.next();
        best.add({ label, value, series });
      }
    }
    return best.sorted();
  }

  /** Returns the hash of a label set, before finishing. `prefix` is the hash of the rest of the series' identity. */
  hashOf(prefix: Hash, pairs: readonly Pair[]): Hash {
    let [low, high] = prefix;
    for (const pair of pairs) {
      const [pairLow, pairHigh] = this.#pairHash(pair);
      low = (low + pairLow) | 0;
      high = (high + pairHigh) | 0;
    }
    return [low, high];
  }

  /** Returns the hash of the set without one of its labels. */
  without([low, high]: Hash, pair: Pair): Hash {
    const [pairLow, pairHigh] = this.#pairHash(pair);
    return this.finished([(low - pairLow) | 0, (high - pairHigh) | 0]);
  }

  finished([low, high]: Hash): Hash {
    return [mixed(low), mixed(high)];
  }

  #pairHash([name, value]: Pair): Hash {
    return this.#labels.get(name)?.values.get(value)?.hash ?? pairHash(name, value);
  }
}

function pairHash(name: string, value: string): Hash {
  return hashOf(`${name}\0${value}`);
}

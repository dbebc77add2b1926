import { HashTable } from './hash-table.ts';
import type { StoredLabelSet } from './label-sets.ts';
import type { StoredSeries } from './stored-series.ts';

/** The series of one instrument by their labels, which are one object for equal ones (label-set-table.ts). */
export class SeriesIndex extends HashTable<StoredSeries, StoredLabelSet> {
  protected hashOf(series: StoredSeries): number {
    return (series.labels as StoredLabelSet).hash;
  }

  protected matches(series: StoredSeries, labels: StoredLabelSet): boolean {
    return series.labels === labels;
  }
}

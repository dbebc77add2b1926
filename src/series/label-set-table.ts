import type { Attributes } from '#pdata/attributes.ts';
import type { LabelScheme } from '#prometheus/from-otlp/label-shape.ts';
import type { ByteString } from '#prometheus/metric-family.ts';
import { HashTable } from './hash-table.ts';
import { CanonicalAttributes, StoredLabelSet } from './label-sets.ts';
import type { StoredSeries } from './stored-series.ts';

/** Reused for each attribute set to look up: there is one event loop. */
const canonical = new CanonicalAttributes();

/**
 * The label sets of all series of one target and scope, without duplicates: the labels of several metrics are stored,
 * rendered, and compared as one object. A label set exists while a series has it.
 */
export class LabelSetTable extends HashTable<StoredLabelSet, CanonicalAttributes> {
  readonly #scheme: LabelScheme;
  readonly #constants: readonly ByteString[];

  /** `constants`: values of the labels that the exporter sets, in the order of the scheme. */
  constructor(scheme: LabelScheme, constants: readonly ByteString[]) {
    super();
    this.#scheme = scheme;
    this.#constants = constants;
  }

  /** Returns the labels of these attributes if a series has them. */
  known(attributes: Attributes): StoredLabelSet | undefined {
    const { note } = attributes;
    if (note instanceof StoredLabelSet && note.table === this) return note;
    canonical.read(this.#scheme, attributes);
    const labels = this.find(canonical.hash, canonical);
    if (labels !== undefined) attributes.note = labels;
    return labels;
  }

  /** Returns the labels of these attributes, for a series that is added to them next. */
  take(attributes: Attributes): StoredLabelSet {
    let labels = this.known(attributes);
    if (labels === undefined) {
      labels = canonical.toLabelSet(this.#constants);
      labels.table = this;
      this.add(labels);
      attributes.note = labels;
    }
    return labels;
  }

  /** Call when a series with labels of this table was removed. */
  release(series: StoredSeries): void {
    const labels = series.labels as StoredLabelSet;
    labels.series.remove(series);
    if (labels.series.size > 0) return;
    this.remove(labels);
    labels.table = undefined;
  }

  protected hashOf(labels: StoredLabelSet): number {
    return labels.hash;
  }

  protected matches(labels: StoredLabelSet, wanted: CanonicalAttributes): boolean {
    return labels.hash === wanted.hash && wanted.equals(labels);
  }
}

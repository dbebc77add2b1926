import { hashText } from '#bytes/hash-text.ts';
import { toByteString } from '#bytes/utf8.ts';
import type { Attributes } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';
import {
  compareBytes,
  type LabelLayout,
  type LabelScheme,
  type LabelShape,
} from '#prometheus/from-otlp/label-shape.ts';
import type { ByteString, LabelSet } from '#prometheus/metric-family.ts';
import type { LabelSetTable } from './label-set-table.ts';
import { SeriesOfLabels } from './series-of-labels.ts';

/** The labels of a series, which also identify its attributes: equal sets of one scheme have equal attributes. */
export class StoredLabelSet implements LabelSet {
  readonly shape: LabelShape;
  readonly values: readonly ByteString[];
  /** Hash of the attributes' canonical form, without labels that the exporter sets. Never 0. */
  readonly hash: number;
  /** Whether all texts are valid UTF-8. Otherwise, the series cannot be shown. */
  readonly isValid: boolean;
  text: ByteString | undefined = undefined;
  /** Table that contains the label set. */
  table: LabelSetTable | undefined = undefined;
  /** Series with these labels. */
  readonly series = new SeriesOfLabels();

  constructor({ shape, hash, isValid }: CanonicalAttributes, values: readonly ByteString[]) {
    this.shape = shape;
    this.values = values;
    this.hash = hash;
    this.isValid = isValid;
  }

  get names(): readonly ByteString[] {
    return this.shape.names;
  }

  /** Values of the attributes, in the order of their sorted keys. */
  get attributeValues(): readonly ByteString[] {
    return (this.shape.positions ?? []).map((position) => this.values[position]!);
  }
}

/**
 * Labels that do not determine the values of the attributes (joined or omitted), so the values are stored in addition.
 */
class OpaqueLabelSet extends StoredLabelSet {
  readonly #attributeValues: readonly ByteString[];

  constructor(form: CanonicalAttributes, values: readonly ByteString[], attributeValues: readonly ByteString[]) {
    super(form, values);
    this.#attributeValues = attributeValues;
  }

  override get attributeValues(): readonly ByteString[] {
    return this.#attributeValues;
  }
}

/**
 * Attributes in canonical form: keys sorted, values as text (docs/reference/collector-behaviour.md#series-identity). One object is
 * reused for each lookup, so that lookups create no garbage.
 */
export class CanonicalAttributes {
  /** Hash of the attributes. Never 0 after reading. */
  hash = 0;
  /** Whether all values are valid UTF-8. */
  isValid = true;
  #layout!: LabelLayout;
  #values: ByteString[] = [];

  /** Reads `attributes` in the form of series of `scheme`. */
  read(scheme: LabelScheme, attributes: Attributes): void {
    const { entries } = attributes;
    const layout = scheme.layoutOf(entries);
    const { order } = layout;
    const values = this.#values;
    values.length = order.length;
    this.#layout = layout;
    this.isValid = true;
    for (let i = 0; i < order.length; i++) {
      const { value } = entries[order[i]!]!;
      const text = typeof value === 'string' ? value : valueText(value);
      const bytes = toByteString(text);
      if (bytes !== text && !text.isWellFormed()) this.isValid = false;
      values[i] = bytes;
    }
    if (layout.repeats) this.#orderRepeated();
    let hash = layout.shape.seed;
    for (let i = 0; i < order.length; i++) hash = hashText(values[i]!, hash);
    this.hash = hash === 0 ? 1 : hash;
  }

  get shape(): LabelShape {
    return this.#layout.shape;
  }

  /** Whether these are the attributes of `labels`, which must belong to the same scheme. */
  equals(labels: StoredLabelSet): boolean {
    const { shape } = this.#layout;
    if (labels.shape !== shape && labels.shape.key !== shape.key) return false;
    const values = this.#values;
    const { positions } = shape;
    if (positions === undefined) {
      const others = (labels as OpaqueLabelSet).attributeValues;
      return values.every((value, i) => value === others[i]);
    }
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== labels.values[positions[i]!]) return false;
    }
    return true;
  }

  /** Returns the labels, including the values that the exporter sets. */
  toLabelSet(constants: readonly ByteString[]): StoredLabelSet {
    const { shape } = this.#layout;
    const { sources } = shape;
    const values = new Array<ByteString>(sources.length);
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      if (typeof source === 'object') values[i] = source.map((attribute) => this.#values[attribute]!).join(';');
      else values[i] = source < 0 ? constants[~source]! : this.#values[source]!;
    }
    return shape.positions === undefined
      ? new OpaqueLabelSet(this, values, this.#values.slice())
      : new StoredLabelSet(this, values);
  }

  /** Sorts values of a repeated key, so that their order does not matter. */
  #orderRepeated(): void {
    const { keys, order } = this.#layout;
    const values = this.#values;
    for (let start = 0; start < order.length; ) {
      let end = start + 1;
      while (end < order.length && keys[order[end]!] === keys[order[start]!]) end += 1;
      if (end - start > 1) values.splice(start, end - start, ...values.slice(start, end).sort(compareBytes));
      start = end;
    }
  }
}

import { compareBytes } from '#prometheus/from-otlp/label-shape.ts';
import type { ByteString } from '#prometheus/metric-family.ts';
import { KeptLabels } from '#prometheus/remote-write/kept-labels.ts';

/** A label that the translation adds to a series, such as `le`. */
export interface ExtraLabel {
  readonly name: ByteString;
  readonly value: ByteString;
}

const nameLabel = '__name__';

/** The labels of a point, sorted bytewise by name, without the name of its series. */
export class BaseLabels {
  readonly names: readonly ByteString[];
  readonly values: readonly ByteString[];
  /** Text that is equal for equal labels. 0xff is not valid in UTF-8. */
  readonly key: string;
  /**
   * If an attribute has the name of an extra label, the label and the rest: the series of such a point can be equal to one of a
   * histogram or summary.
   */
  readonly split: { readonly rest: BaseLabels; readonly extra: ExtraLabel } | undefined;
  readonly #named = new Map<string, KeptLabels>();

  constructor(names: readonly ByteString[], values: readonly ByteString[]) {
    this.names = names;
    this.values = values;
    this.key = names.map((name, i) => `${name}\xff${values[i]}`).join('\xff');
    const at = names.findIndex((name) => name === 'le' || name === 'quantile');
    if (at < 0) return;
    const without = (texts: readonly ByteString[]) => texts.toSpliced(at, 1);
    this.split = {
      rest: new BaseLabels(without(names), without(values)),
      extra: { name: names[at]!, value: values[at]! },
    };
  }

  /** Returns the labels of a series: these, the name, and `extra`. `key` is unique for name and extra label. */
  of(key: string, name: ByteString, extra: ExtraLabel | undefined): KeptLabels {
    let labels = this.#named.get(key);
    if (labels === undefined) {
      labels = this.#inserted(name, extra);
      this.#named.set(key, labels);
    }
    return labels;
  }

  #inserted(name: ByteString, extra: ExtraLabel | undefined): KeptLabels {
    const pairs = this.names.map((one, i) => [one, this.values[i]!] as const);
    pairs.push([nameLabel, name]);
    if (extra !== undefined) pairs.push([extra.name, extra.value]);
    pairs.sort(([a], [b]) => compareBytes(a, b));
    return new KeptLabels(
      pairs.map(([one]) => one),
      pairs.map(([, value]) => value),
    );
  }
}

import { compareBytes } from '../from-otlp/label-shape.ts';
import type { ByteString, LabelSet } from '../metric-family.ts';
import type { WriteLabels } from './write-series.ts';

/** A name and a value. */
export type Label = readonly [name: ByteString, value: ByteString];

/** Creates the labels of pushed series: those of a stored series, the name, and labels that every series gets. */
export class PushedLabels {
  readonly #external: readonly Label[];

  /** `external`: labels of every series that has no label of the same name. */
  constructor(external: readonly Label[]) {
    this.#external = external;
  }

  of(labels: LabelSet, name: ByteString, extra?: Label): WriteLabels {
    const added: Label[] = [['__name__', name]];
    if (extra !== undefined) added.push(extra);
    for (const label of this.#external) if (!labels.names.includes(label[0])) added.push(label);
    added.sort(([a], [b]) => compareBytes(a, b));
    const names: ByteString[] = [];
    const values: ByteString[] = [];
    let next = 0;
    for (let i = 0; i < labels.names.length; i++) {
      while (next < added.length && added[next]![0] < labels.names[i]!) {
        names.push(added[next]![0]);
        values.push(added[next]![1]);
        next += 1;
      }
      // An empty value is the same as no label, and receivers may reject it.
      if (labels.values[i] === '') continue;
      names.push(labels.names[i]!);
      values.push(labels.values[i]!);
    }
    for (; next < added.length; next++) {
      names.push(added[next]![0]);
      values.push(added[next]![1]);
    }
    return { names, values };
  }
}

import type { ByteString } from '#bytes/utf8.ts';
import type { LabelSet } from '../metric-family.ts';
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.ts';
import { LabelPairs } from './label-pairs.ts';
import type { RenderBudget } from './render-budget.ts';
import { escapeQuoted, quoteName } from './text-escapes.ts';

/** Label sets in the text formats: `a="x",b="y"`. Without a budget, the cached texts do not change. */
export class TextLabels {
  readonly #pairs: LabelPairs;
  readonly #budget: RenderBudget | undefined;

  constructor(scheme: EscapingScheme, budget: RenderBudget | undefined) {
    const encode = (name: ByteString, value: ByteString) =>
      `${quoteName(escapeName(name, scheme))}="${escapeQuoted(value)}"`;
    this.#pairs = new LabelPairs(encode, ',');
    this.#budget = budget;
  }

  /** Returns the text between the braces; empty without labels. */
  text(labels: LabelSet): ByteString {
    const kept = labels.text;
    const text = kept ?? this.#pairs.join(labels);
    if (this.#budget === undefined) return text;
    if (this.#budget.remaining < text.length) {
      if (kept !== undefined) labels.text = undefined;
    } else if (kept !== undefined) {
      this.#budget.remaining -= text.length;
    } else if (labels.names.every(isLegacyName)) {
      this.#budget.remaining -= text.length;
      // Reading a character converts a tree of joined strings into one flat string.
      text.charCodeAt(0);
      labels.text = text;
    }
    return text;
  }
}

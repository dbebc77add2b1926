import type { ByteString } from '../../../pdata/utf8.ts';
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.ts';
import { LabelPairs, type LabelTextBudget } from './label-pairs.ts';
import type { LabelSet } from './metric-family.ts';
import { escapeQuoted, quoteName } from './text-escapes.ts';

const keepNothing: LabelTextBudget = { remaining: 0, used: 0 };

/** The label sets of the text formats: `a="x",b="y"`. The text is kept on the label set while the budget lasts. */
export class TextLabels {
  readonly #pairs: LabelPairs;
  readonly #budget: LabelTextBudget;

  constructor(scheme: EscapingScheme, budget: LabelTextBudget = keepNothing) {
    const encode = (name: ByteString, value: ByteString) =>
      `${quoteName(escapeName(name, scheme))}="${escapeQuoted(value)}"`;
    this.#pairs = new LabelPairs(encode, ',');
    this.#budget = budget;
  }

  /** What stands between the braces; empty without labels. */
  text(labels: LabelSet): ByteString {
    const kept = labels.text;
    if (kept !== undefined) {
      this.#budget.used += kept.length;
      return kept;
    }
    const text = this.#pairs.join(labels);
    if (this.#budget.remaining >= text.length && labels.names.every(isLegacyName)) this.#keep(labels, text);
    return text;
  }

  #keep(labels: LabelSet, text: ByteString): void {
    this.#budget.remaining -= text.length;
    this.#budget.used += text.length;
    // Reading a character makes one piece of what is still a tree of joined strings.
    text.charCodeAt(0);
    labels.text = text;
  }
}

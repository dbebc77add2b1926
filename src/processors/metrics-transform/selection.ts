import { RE2JS } from 're2js';
import { textFilter } from '#filterset/filterset.ts';
import { replaceAllGo } from '#go/replacement.ts';
import type { DataPoint } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { Transform } from './config.ts';

/** Which metrics and points a transform is about. */
export class Selection {
  readonly pattern: RE2JS | undefined;
  readonly #name: string;
  readonly #labels: readonly { readonly key: string; readonly matches: (text: string) => boolean }[];

  /** Throws an Error when a pattern is not valid. */
  constructor({ include, matchType, experimentalMatchLabels }: Transform) {
    this.#name = include;
    this.pattern = matchType === 'regexp' ? included(() => RE2JS.compile(include)) : undefined;
    this.#labels = Object.entries(experimentalMatchLabels).map(([key, wanted]) => {
      return { key, matches: included(() => textFilter([wanted], matchType)) };
    });
  }

  matchesName(name: string): boolean {
    return this.pattern ? this.pattern.matcher(name).find() : name === this.#name;
  }

  /** A label that a point does not have counts as the empty text. */
  matchesPoint({ attributes }: DataPoint): boolean {
    return this.#labels.every(({ key, matches }) => {
      const entry = attributes.entries.find((each) => each.key === key);
      return matches(entry ? valueText(entry.value) : '');
    });
  }

  /** The new name of a metric: groups of the pattern are filled in. */
  renamed(name: string, newName: string): string {
    if (!this.pattern) return newName;
    return replaceAllGo(this.pattern, name, newName);
  }
}

/** Same text as the Collector when a pattern is invalid. */
function included<Result>(compile: () => Result): Result {
  try {
    return compile();
  } catch (error) {
    throw new Error(`"include", ${(error as Error).message}`);
  }
}

import { RE2JS } from 're2js';
import { textFilter } from '#filterset/filterset.ts';
import { replaceAllGo } from '#go/replacement.ts';
import type { DataPoint } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { Transform } from './config.ts';

/** Selects the metrics and points of a transform. */
export class Selection {
  readonly pattern: RE2JS | undefined;
  readonly #name: string;
  readonly #labels: readonly { readonly key: string; readonly matches: (text: string) => boolean }[];

  /** @throws Error if a pattern is invalid */
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

  /** A missing label counts as the empty text. */
  matchesPoint({ attributes }: DataPoint): boolean {
    return this.#labels.every(({ key, matches }) => {
      const entry = attributes.entries.find((each) => each.key === key);
      return matches(entry ? valueText(entry.value) : '');
    });
  }

  /** Returns the new name of a metric, in which references are replaced with groups of the pattern. */
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

import { RE2JS } from 're2js';
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
    this.pattern = matchType === 'regexp' ? compiled(include) : undefined;
    this.#labels = Object.entries(experimentalMatchLabels).map(([key, wanted]) => {
      const pattern = matchType === 'regexp' ? compiled(wanted) : undefined;
      return { key, matches: (text) => (pattern ? pattern.matcher(text).find() : text === wanted) };
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

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Error(`"include", ${(error as Error).message}`);
  }
}

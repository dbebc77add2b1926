import { RE2JS } from 're2js';
import type { MatchProperties } from './config.ts';

/** Whether a text is one of those that the settings list. */
export type TextFilter = (text: string) => boolean;

/** @throws Error when `match_type` is neither `strict` nor `regexp`, or a pattern is wrong */
export function textFilter(texts: readonly string[], { matchType }: MatchProperties): TextFilter {
  if (matchType === 'strict') {
    const set = new Set(texts);
    return (text) => set.has(text);
  }
  if (matchType !== 'regexp') throw unrecognizedMatchType(matchType);
  const patterns = texts.map((text) => RE2JS.compile(text));
  return (text) => patterns.some((pattern) => pattern.matcher(text).find());
}

/** As {@link textFilter}; undefined when nothing is listed, which restricts nothing. */
export function optionalTextFilter(texts: readonly string[], properties: MatchProperties): TextFilter | undefined {
  return texts.length === 0 ? undefined : textFilter(texts, properties);
}

export function unrecognizedMatchType(matchType: string): Error {
  return new Error(`unrecognized match_type: '${matchType}', valid types are: [regexp strict]`);
}

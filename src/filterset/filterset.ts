import { RE2JS } from 're2js';

/** Returns whether a text matches. */
export type TextFilter = (text: string) => boolean;

/**
 * Returns a filter that accepts a text if it equals one of `texts` (`strict`) or if one of the patterns `texts` matches
 * a part of it (`regexp`).
 * @throws Error if `matchType` is neither `strict` nor `regexp`, or a pattern is invalid
 */
export function textFilter(texts: readonly string[], matchType: string): TextFilter {
  if (matchType === 'strict') {
    const set = new Set(texts);
    return (text) => set.has(text);
  }
  if (matchType !== 'regexp') throw unrecognizedMatchType(matchType);
  const patterns = texts.map((text) => RE2JS.compile(text));
  return (text) => patterns.some((pattern) => pattern.matcher(text).find());
}

/** Same as {@link textFilter}, but returns undefined if `texts` is empty: an empty list restricts nothing. */
export function optionalTextFilter(texts: readonly string[], matchType: string): TextFilter | undefined {
  return texts.length === 0 ? undefined : textFilter(texts, matchType);
}

/** Same text as the Collector. */
export function unrecognizedMatchType(matchType: string): Error {
  return new Error(`unrecognized match_type: '${matchType}', valid types are: [regexp strict]`);
}

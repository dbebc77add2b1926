import { createHash } from 'node:crypto';
import { RE2JS } from 're2js';
import type { SeriesInstance } from '#component/views/series-view.ts';
import { ApiError } from './context.ts';

/** Maximum number of characters of a selector. */
const maxLength = 4_000;
/** A selector of one series that would be longer contains a hash in place of name and labels. */
const maxWritten = 2_000;
/** Label of that hash. */
const hashLabel = '__hash__';

/** Selects series. */
export interface Selector {
  /** The exact name. Undefined selects any name. */
  readonly name: string | undefined;
  matches(series: Pick<SeriesInstance, 'family' | 'labels'>): boolean;
}

interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  readonly test: (value: string) => boolean;
}

/**
 * Parses a selector in Prometheus syntax, `name{label="value",other=~"re.*"}`, or words that must all occur in the name
 * or in a label, in any case.
 * @throws ApiError 400 for an invalid selector
 */
export function parseSelector(text: string): Selector {
  if (text.length > maxLength) throw new ApiError(400, `the selector is longer than ${maxLength} characters`);
  const trimmed = text.trim();
  const braces = /^([^\s{}"=,]*)\s*\{(.*)\}$/su.exec(trimmed);
  if (!braces) return wordsIn(trimmed);
  const name = braces[1] || undefined;
  const matchers = parseMatchers(braces[2]!);
  const nameMatchers = matchers.filter(({ label }) => label === '__name__');
  const hashMatchers = matchers.filter(({ label }) => label === hashLabel);
  const labelMatchers = matchers.filter(({ label }) => label !== '__name__' && label !== hashLabel);
  return {
    name,
    matches: ({ family, labels }) =>
      (name === undefined || family.name === name) &&
      nameMatchers.every(({ test }) => test(family.name)) &&
      hashMatchers.every(({ test }) => test(seriesHash({ family, labels }))) &&
      labelMatchers.every(({ label, test }) => test(labels.find(([key]) => key === label)?.[1] ?? '')),
  };
}

/** Returns the selector of exactly one series. */
export function selectorOf({ family, labels }: Pick<SeriesInstance, 'family' | 'labels'>): string {
  const size = labels.reduce((sum, [name, value]) => sum + name.length + value.length, family.name.length);
  if (size > maxWritten) return `{${hashLabel}="${seriesHash({ family, labels })}"}`;
  const pairs = labels.map(([name, value]) => `${isBare(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`);
  return isBare(family.name)
    ? `${family.name}{${pairs.join(',')}}`
    : `{${['__name__'].map((key) => `${key}=${JSON.stringify(family.name)}`)}${pairs.map((pair) => `,${pair}`).join('')}}`;
}

function seriesHash({ family, labels }: Pick<SeriesInstance, 'family' | 'labels'>): string {
  return createHash('sha256')
    .update(JSON.stringify([family.name, labels]))
    .digest('hex')
    .slice(0, 16);
}

function isBare(name: string): boolean {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
}

function wordsIn(text: string): Selector {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return { name: undefined, matches: () => true };
  return {
    name: undefined,
    matches: ({ family, labels }) => {
      const name = family.name.toLowerCase();
      return words.every(
        (word) =>
          name.includes(word) ||
          labels.some(
            ([key, value]) =>
              key.includes(word) ||
              value.toLowerCase().includes(word) ||
              (word.includes('=') && `${key}=${value}`.toLowerCase() === word),
          ),
      );
    },
  };
}

const matcherPattern = /\s*(?:([a-zA-Z_:][\w:]*)|("(?:[^"\\]|\\.)*"))\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")\s*(,|$)/suy;

function parseMatchers(text: string): Matcher[] {
  const matchers: Matcher[] = [];
  matcherPattern.lastIndex = 0;
  while (matcherPattern.lastIndex < text.length) {
    const at = matcherPattern.lastIndex;
    if (text.slice(at).trim() === '') break;
    const match = matcherPattern.exec(text);
    if (!match)
      throw new ApiError(
        400,
        `cannot read the selector at ${JSON.stringify(text.slice(at, at + 40))}; write label="value"`,
      );
    const [, bare, quoted, operator, value] = match;
    matchers.push(matcherOf(bare ?? unquoted(quoted!), operator as Matcher['operator'], unquoted(value!)));
  }
  return matchers;
}

function unquoted(text: string): string {
  try {
    return JSON.parse(
      text.replace(/[\u0000-\u001f]/g, (character) => JSON.stringify(character).slice(1, -1)),
    ) as string;
  } catch {
    throw new ApiError(400, `cannot read ${text}; escape quotes and backslashes with a backslash`);
  }
}

function matcherOf(label: string, operator: Matcher['operator'], value: string): Matcher {
  const isNegative = operator.startsWith('!');
  const test = operator.endsWith('~') ? patternTest(value) : (text: string) => text === value;
  return { label, operator, value, test: isNegative ? (text) => !test(text) : test };
}

/** Returns a test for a pattern. Same as in Prometheus, it matches the whole value. It takes linear time. */
function patternTest(pattern: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(`^(?:${pattern})$`, RE2JS.DOTALL);
    return (text) => compiled.matcher(text).matches();
  } catch (error) {
    throw new ApiError(
      400,
      `cannot read the regular expression ${JSON.stringify(pattern)}: ${(error as Error).message}`,
    );
  }
}

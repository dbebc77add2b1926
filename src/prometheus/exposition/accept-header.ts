/** One clause of an Accept header. */
export interface AcceptClause {
  readonly type: string;
  readonly subtype: string;
  readonly q: number;
  readonly params: ReadonlyMap<string, string>;
}

/**
 * Up to this number of clauses, the Collector's library uses an insertion sort. For longer headers its order is not
 * reproduced.
 */
const maxInsertionSorted = 12;

/** The rest of a longer header is ignored: a hundred thousand clauses would take a second. */
const maxHeaderLength = 4096;

/**
 * Parses an Accept header and sorts its clauses in the Collector's order
 * (docs/reference/collector-behaviour.md#format-negotiation). Only blanks are trimmed, and a malformed clause is
 * skipped. The order is inconsistent: a specific type precedes `*` regardless of its q.
 */
export function parseAccept(header: string): readonly AcceptClause[] {
  const clauses = header
    .slice(0, maxHeaderLength)
    .split(',')
    .map(parseClause)
    .filter((clause) => clause !== undefined);
  if (clauses.length <= maxInsertionSorted) insertionSort(clauses);
  else clauses.sort((a, b) => (goesBefore(a, b) ? -1 : goesBefore(b, a) ? 1 : 0));
  return clauses;
}

function parseClause(text: string): AcceptClause | undefined {
  const [media, parameters] = cut(trimBlanks(text), ';');
  const [typeText, rest] = cut(media, '/');
  const [subtypeText, excess] = cut(rest, '/');
  const type = trimBlanks(typeText);
  if (excess !== '' || (rest === '' && type !== '*')) return undefined;
  const params = new Map<string, string>();
  let q = 1;
  for (const parameter of parameters.split(';')) {
    const [name, afterName] = cut(parameter, '=');
    const [value, excessValue] = cut(afterName, '=');
    if (afterName === '' || excessValue !== '') continue;
    if (trimBlanks(name) === 'q') q = parseQuality(value);
    else params.set(trimBlanks(name), trimBlanks(value));
  }
  return { type, subtype: rest === '' ? '*' : trimBlanks(subtypeText), q, params };
}

/** Returns a quality rounded to a 32-bit float, or 0 if the text is not a number. */
function parseQuality(text: string): number {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Math.fround(Number(text));
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (word === null) return 0;
  if (word[2]?.toLowerCase() === 'nan') return word[1] === '' ? Number.NaN : 0;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function goesBefore(a: AcceptClause, b: AcceptClause): boolean {
  return a.q > b.q || (a.type !== '*' && b.type === '*') || (a.subtype !== '*' && b.subtype === '*');
}

function insertionSort(clauses: AcceptClause[]): void {
  for (let i = 1; i < clauses.length; i++) {
    for (let j = i; j > 0; j--) {
      const [left, right] = [clauses[j - 1] as AcceptClause, clauses[j] as AcceptClause];
      if (!goesBefore(right, left)) break;
      clauses[j - 1] = right;
      clauses[j] = left;
    }
  }
}

/** Splits a text at the first separator. */
function cut(text: string, separator: string): [before: string, after: string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function trimBlanks(text: string): string {
  let from = 0;
  let until = text.length;
  while (from < until && text.charCodeAt(from) === 0x20) from++;
  while (until > from && text.charCodeAt(until - 1) === 0x20) until--;
  return text.slice(from, until);
}

import { OttlParseError } from './ottl-error.ts';

/** One word of OTTL. `text` is as written, except for strings: without quotes and escapes. */
export interface Token {
  readonly kind: 'string' | 'bytes' | 'float' | 'int' | 'name' | 'enum' | 'symbol';
  readonly text: string;
  readonly at: number;
}

const patterns: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /\s+/y],
  ['bytes', /0x[0-9a-fA-F]+/y],
  ['float', /\d*\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+/y],
  ['int', /\d+/y],
  ['string', /"(?:\\.|[^"\\])*"/sy],
  ['enum', /[A-Z][A-Z0-9_]*(?![A-Za-z0-9_(])/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /==|!=|<=|>=|[<>=()[\]{},.:+\-*/]/y],
];

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Cuts a statement into words. Throws OttlParseError at a character that begins none. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [kind, word] = wordAt(text, at);
    if (kind !== 'blank') found.push({ kind, at, text: kind === 'string' ? unquoted(word) : word });
    at += word.length;
  }
  return found;
}

function wordAt(text: string, at: number): [Token['kind'] | 'blank', string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return [kind, match[0]];
  }
  throw new OttlParseError(`1:${at + 1}: invalid input text ${JSON.stringify(text.slice(at, at + 20))}`);
}

function unquoted(word: string): string {
  return word.slice(1, -1).replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
}

import { decodeUtf8, encodeUtf8 } from '#bytes/utf8.ts';
import { OttlParseError } from './ottl-error.ts';

/** A token of OTTL. `text` is the original text; for strings, it excludes quotes and escapes. */
export interface Token {
  readonly kind: 'string' | 'bytes' | 'float' | 'int' | 'name' | 'enum' | 'symbol';
  readonly text: string;
  readonly at: number;
}

const patterns: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /\s+/y],
  ['bytes', /0x[0-9a-fA-F]+/y],
  ['float', /(?:\d*\.\d+|\d+\.)(?:[eE][-+]?\d+)?/y],
  ['int', /\d+/y],
  ['string', /"(?:\\.|[^"\\])*"/sy],
  ['enum', /[A-Z][A-Z0-9_]*(?![A-Za-z0-9_(])/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /==|!=|<=|>=|[<>=()[\]{},.:+\-*/]/y],
];

/**
 * Splits a statement into tokens.
 * @throws OttlParseError at a character that cannot begin a token
 */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [kind, word] = wordAt(text, at);
    if (kind !== 'blank') found.push({ kind, at, text: kind === 'string' ? unquoted(word, at) : word });
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

const shortEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs;

/**
 * Removes quotes and escapes from a string by Go's rules. Bytes that are not valid UTF-8 are preserved (see `utf8.ts`).
 */
function unquoted(word: string, at: number): string {
  const refuse = (): never => {
    throw new OttlParseError(`1:${at + 1}: invalid quoted string ${JSON.stringify(word)}: invalid syntax`);
  };
  const bytes: Buffer[] = [];
  let end = 1;
  for (const match of word.slice(0, -1).matchAll(escapes)) {
    const [whole, hex, short, long, octal, letter] = match;
    bytes.push(encodeUtf8(word.slice(end, match.index)));
    end = match.index + whole.length;
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'));
    else if (octal !== undefined && octal <= '377') bytes.push(Buffer.of(Number.parseInt(octal, 8)));
    else if (code < 0xd800 || (code > 0xdfff && code <= 0x10ffff)) bytes.push(Buffer.from(String.fromCodePoint(code)));
    else bytes.push(Buffer.from(shortEscapes[letter ?? ''] ?? refuse()));
  }
  return decodeUtf8(Buffer.concat([...bytes, encodeUtf8(word.slice(end, -1))]));
}

import { OttlError, OttlParseError } from '../ottl-error.ts';

/**
 * Checks the delimiters of key-value texts. By default, `=` separates key and value, and a blank separates pairs.
 * @throws OttlParseError if one is empty or both are equal
 */
export function delimiters(between = '=', pairs = ' '): readonly [between: string, pairs: string] {
  if (between === '') throw new OttlParseError('delimiter cannot be set to an empty string');
  if (pairs === '') throw new OttlParseError('pair delimiter cannot be set to an empty string');
  if (between === pairs) {
    throw new OttlParseError(
      `pair delimiter ${JSON.stringify(pairs)} cannot be equal to delimiter ${JSON.stringify(between)}`,
    );
  }
  return [between, pairs];
}

/**
 * Splits a text at a delimiter outside quotes, and removes the quotes. A backslash makes a quote an ordinary character.
 * @throws OttlError for an unterminated quote
 */
export function splitOutsideQuotes(text: string, delimiter: string): string[] {
  const parts: string[] = [];
  let current = '';
  let quote = '';
  let isEscaped = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote === '' && text.startsWith(delimiter, at)) {
      if (current !== '') parts.push(current);
      current = '';
      at += delimiter.length - 1;
      continue;
    }
    if (isEscaped) {
      isEscaped = false;
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      continue;
    } else if (character === quote) {
      quote = '';
      continue;
    } else {
      isEscaped = character === '\\';
    }
    current += character;
  }
  if (quote !== '') throw new OttlError('never reached the end of a quoted value');
  return current === '' ? parts : [...parts, current];
}

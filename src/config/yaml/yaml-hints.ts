import type { YamlError } from './yaml-error.ts';

/** Likely causes of the YAML library's messages. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/^yaml: unmarshal errors:\n {2}line \d+: mapping key/, 'keep one of the two'],
  [/expected ',' or|expected node content/, 'the bracket that opens here is never closed, or a value is missing'],
  [/mapping values are not allowed/, 'enclose a value that contains a colon and a blank in quotes'],
  [/cannot start any token/, 'indent with blanks, not tabs; enclose a value that begins with @, ` or % in quotes'],
  [/unexpected end of stream/, 'the quote that opens here is never closed'],
  [/did not find expected key|expected '-' indicator/, 'the indentation does not match the lines above'],
  [/could not find expected ':'/, 'the colon after a key, or the blank after the colon, is missing'],
];

/** Returns a hint for a text that is not YAML: the position and the likely cause. */
export function yamlHints({ message, position }: YamlError, name: string): string[] {
  const remedy = remedies.find(([pattern]) => pattern.test(message))?.[1];
  if (!position) return remedy === undefined ? [] : [`hint: ${name}: ${remedy}`];
  const place = `${name}:${position.line}:${position.column}`;
  return [`hint: ${place}${remedy === undefined ? '' : `: ${remedy}`}`];
}

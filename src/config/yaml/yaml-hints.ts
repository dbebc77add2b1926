import type { YamlError } from './yaml-error.ts';

/** What usually is behind the YAML library's words. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/^yaml: unmarshal errors:\n {2}line \d+: mapping key/, 'keep one of the two'],
  [/expected ',' or|expected node content/, 'a bracket is opened here that is never closed, or a value is missing'],
  [/mapping values are not allowed/, 'put a value that contains a colon and a blank in quotes'],
  [/cannot start any token/, 'indent with blanks, not tabs; put a value that begins with @, ` or % in quotes'],
  [/unexpected end of stream/, 'a quote is opened that is never closed'],
  [/did not find expected key|expected '-' indicator/, 'the indentation does not fit the lines above'],
  [/could not find expected ':'/, 'a key lacks its colon, or the blank after it'],
];

/** Under a complaint about a text that is not YAML: where it stands and what to look for. */
export function yamlHints({ message, position }: YamlError, name: string): string[] {
  const remedy = remedies.find(([pattern]) => pattern.test(message))?.[1];
  if (!position) return remedy === undefined ? [] : [`hint: ${name}: ${remedy}`];
  const place = `${name}:${position.line}:${position.column}`;
  return [`hint: ${place}${remedy === undefined ? '' : `: ${remedy}`}`];
}

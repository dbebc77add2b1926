import type { YAMLError } from 'yaml';
import type { Position } from './positions.ts';

/** A text that is not YAML, or not YAML that a configuration can use. The message is the Collector's. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** Position of the error, if known. The message names a line in the Collector's way of counting. */
  readonly position: Position | undefined;

  constructor(message: string, position?: Position) {
    super(message);
    this.position = position;
  }
}

/**
 * Translates errors of pitot's YAML library into the messages of the Collector's. Keeps the Collector's line numbers
 * where they are correct: it names the previous line for errors of structure, and none for the first line.
 */
export function yamlErrorFrom(errors: readonly YAMLError[]): YamlError {
  const [error] = errors;
  const { line = 1, col = 1 } = error!.linePos?.[0] ?? {};
  const [text, kind] = wording(error!);
  const folded =
    kind === 'scanner' ? errors.slice(0, 2).find((other) => other.code === 'MULTILINE_IMPLICIT_KEY') : undefined;
  const shown = kind === 'scanner' ? (folded?.linePos?.[1]?.line ?? line) : line - 1;
  return new YamlError(
    shown === 0 || (shown === 1 && kind === 'scanner') ? `yaml: ${text}` : `yaml: line ${shown}: ${text}`,
    { line, column: col },
  );
}

type Wording = readonly [text: string, kind: 'scanner' | 'parser'];

function wording({ code, message }: YAMLError): Wording {
  const text = message.replace(/ at line \d+, column \d+:[\s\S]*$/, '');
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (text.startsWith('A block sequence')) return ['did not find expected key', 'parser'];
      return ['mapping values are not allowed in this context', 'scanner'];
    case 'MULTILINE_IMPLICIT_KEY':
      return ["could not find expected ':'", 'scanner'];
    case 'TAB_AS_INDENT':
      return ['found character that cannot start any token', 'scanner'];
    case 'BAD_SCALAR_START':
      if (text.includes('flow indicator')) return ['did not find expected node content', 'parser'];
      return ['found character that cannot start any token', 'scanner'];
    case 'BAD_DQ_ESCAPE':
      return ['found unknown escape character', 'scanner'];
    case 'MISSING_CHAR':
      if (text.includes('quote')) return ['found unexpected end of stream', 'scanner'];
      if (text.includes('flow sequence')) return ["did not find expected ',' or ']'", 'parser'];
      if (text.includes('flow map')) return ["did not find expected ',' or '}'", 'parser'];
      return ["could not find expected ':'", 'scanner'];
    case 'BAD_INDENT':
      return ['did not find expected key', 'parser'];
    case 'UNEXPECTED_TOKEN':
      if (text.includes('block-seq-ind')) return ['block sequence entries are not allowed in this context', 'scanner'];
      if (text.includes('in flow') || text.includes('-end token'))
        return ['did not find expected node content', 'parser'];
      return ['did not find expected key', 'parser'];
    default:
      return [text, 'parser'];
  }
}

import { OttlError } from '../ottl-error.ts';

/** A text in the W3C's extended log format. */
interface ExtendedLog {
  readonly directives: ReadonlyMap<string, string>;
  /** Names of the last `#Fields`. */
  readonly fields: readonly string[];
  /** Values of each line by the field names that apply to it. A missing value is `-`. */
  readonly entries: readonly (readonly (readonly [string, string])[])[];
}

const directiveNames = new Set(['version', 'software', 'date', 'start-date', 'end-date', 'remark']);

/** @throws OttlError for a text without `#Version`, or with data before `#Fields` */
export function parseElf(text: string): ExtendedLog {
  if (text === '') throw new OttlError('cannot parse empty ELF message');
  const directives = new Map<string, string>();
  const entries: (readonly [string, string])[][] = [];
  let fields: readonly string[] = [];
  for (const rawLine of text.split(/\r\n|\n|\r/)) {
    const line = rawLine.trim();
    if (line === '') continue;
    if (!line.startsWith('#')) {
      if (fields.length === 0) throw new OttlError('invalid ELF: data entry found before #Fields directive');
      const values = valuesOf(line);
      entries.push(fields.map((field, index) => [field, values[index] ?? '-']));
      continue;
    }
    const at = line.indexOf(':');
    if (at < 0) {
      if (/^#\s*fields/i.test(line))
        throw new OttlError(`invalid ELF: malformed #Fields directive ${JSON.stringify(line)}`);
      continue;
    }
    const name = line.slice(1, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'fields') fields = value === '' ? [] : value.split(/\s+/);
    else if (directiveNames.has(name)) directives.set(name.replace('-', '_'), value);
  }
  if (!directives.has('version')) throw new OttlError('invalid ELF: missing #Version directive');
  return { directives, fields, entries };
}

/** Splits a line at blanks. A quoted value can contain blanks and doubled quotes. */
function valuesOf(line: string): string[] {
  const values: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at++;
    } else if (line[at] === '"') {
      const [value, end] = quotedValue(line, at + 1);
      values.push(value);
      at = end;
    } else {
      const end = line.slice(at).search(/[ \t]/);
      values.push(end < 0 ? line.slice(at) : line.slice(at, at + end));
      at = end < 0 ? line.length : at + end;
    }
  }
  return values;
}

function quotedValue(line: string, start: number): [string, number] {
  let value = '';
  for (let at = start; ; ) {
    const quote = line.indexOf('"', at);
    if (quote < 0) throw new OttlError(`invalid ELF: unterminated quoted value in data line: ${JSON.stringify(line)}`);
    value += line.slice(at, quote);
    if (line[quote + 1] !== '"') return [value, quote + 1];
    value += '"';
    at = quote + 2;
  }
}

import { OttlError } from '../ottl-error.ts';

/**
 * Parses a text as one row of comma-separated values. A log entry is one row, so a line break outside quotes continues
 * the last field.
 * @throws OttlError for quotes that the format does not allow, unless `isLazy`
 */
export function readCsvRow(text: string, delimiter: string, isLazy: boolean): string[] {
  const lines = text.replaceAll('\r\n', '\n');
  const fields: string[] = [];
  let at = 0;
  let isFirstLine = true;
  while (at < lines.length) {
    if (lines[at] === '\n') {
      at++;
      continue;
    }
    const [row, next] = readLine(lines, at, { delimiter, isLazy });
    if (isFirstLine) fields.push(...row);
    else fields.push(`${fields.pop()}\n${row[0]}`, ...row.slice(1));
    isFirstLine = false;
    at = next;
  }
  if (isFirstLine) throw new OttlError('no csv lines found');
  return fields;
}

interface CsvOptions {
  readonly delimiter: string;
  readonly isLazy: boolean;
}

/** Returns the fields of a line, and the position after it. */
function readLine(text: string, start: number, { delimiter, isLazy }: CsvOptions): [string[], number] {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const [field, end] =
      text[at] === '"' ? quotedField(text, at, { delimiter, isLazy }) : plainField(text, at, { delimiter, isLazy });
    fields.push(field);
    if (text.startsWith(delimiter, end)) at = end + delimiter.length;
    else return [fields, end + 1];
  }
}

function plainField(text: string, start: number, { delimiter, isLazy }: CsvOptions): [string, number] {
  const ends = [text.indexOf(delimiter, start), text.indexOf('\n', start)].filter((end) => end >= 0);
  const end = Math.min(...ends, text.length);
  const field = text.slice(start, end);
  if (!isLazy && field.includes('"')) throw new OttlError('read csv line: parse error: bare " in non-quoted field');
  return [field, end];
}

function quotedField(text: string, start: number, { delimiter, isLazy }: CsvOptions): [string, number] {
  let field = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) {
      if (isLazy) return [field + text.slice(at), text.length];
      throw new OttlError('read csv line: parse error: extraneous or missing " in quoted-field');
    }
    field += text.slice(at, quote);
    const next = quote + 1;
    if (text[next] === '"') {
      field += '"';
      at = next + 1;
    } else if (next >= text.length || text[next] === '\n' || text.startsWith(delimiter, next)) {
      return [field, next];
    } else if (isLazy) {
      field += '"';
      at = next;
    } else {
      throw new OttlError('read csv line: parse error: extraneous or missing " in quoted-field');
    }
  }
}

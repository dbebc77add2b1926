import { isatty } from 'node:tty';
import type { LogFields, LogLevel } from '#component/component.ts';
import { printable } from '#text/printable.ts';
import type { LogEncoding } from './log-encoding.ts';

/** Fields that are the same in every entry of a component. A terminal does not need them. */
const known: ReadonlySet<string> = new Set([
  'resource',
  'otelcol.component.kind',
  'otelcol.signal',
  'otelcol.pipeline.id',
]);

const colors: Readonly<Record<LogLevel, string>> = { debug: '90', info: '36', warn: '1;33', error: '1;31' };

/**
 * Returns whether the log is for a person: all outputs are standard streams, and these are terminals. `PITOT_LOG=collector` turns it off.
 */
export function isForPerson(
  outputPaths: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (environment.PITOT_LOG === 'collector' || outputPaths.length === 0) return false;
  return outputPaths.every((path) => (path === 'stdout' && isatty(1)) || (path === 'stderr' && isatty(2)));
}

/** The layout for a terminal: time, level, text, and the fields that matter. */
export function terminalEncoding({ isColored }: { readonly isColored: boolean }): LogEncoding {
  const colored = (code: string, text: string) => (isColored ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    encodeFields,
    joinFields: (first, second) => [second, first].filter((part) => part !== '').join(' '),
    encode({ time, level, message, fields }) {
      const head = `${colored('2', clockTime(time))} ${colored(colors[level], level.padEnd(5))} `;
      if (typeof message !== 'string') return [head, withoutControls(message), '\n'];
      const tail = fields === '' || message.includes('\n') ? '' : `  ${colored('2', fields)}`;
      return [`${head}${printable(message, { keepsLines: true })}${tail}\n`];
    },
  };
}

function clockTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function encodeFields(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([key, value]) => value !== undefined && !known.has(key))
    .map(([key, value]) => `${key === 'otelcol.component.id' ? 'component' : printable(key)}=${textOf(value)}`)
    .join(' ');
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && !(value instanceof Error)) return printable(jsonOf(value));
  const text = value instanceof Error ? value.message : String(value);
  return printable(/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text));
}

function jsonOf(value: object | null): string {
  try {
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));
  } catch {
    return 'unprintable';
  }
}

/** Replaces control characters in bytes, which are UTF-8 or whatever arrived. Returns a copy. */
function withoutControls(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let i = 0; i < copy.length; i++) {
    const byte = copy[i]!;
    if ((byte < 0x20 && byte !== 0x0a && byte !== 0x09) || byte === 0x7f) copy[i] = 0x2e;
    // Control characters from U+0080 on are two bytes.
    if (byte === 0xc2 && copy[i + 1]! >= 0x80 && copy[i + 1]! < 0xa0) copy.fill(0x2e, i, i + 2);
  }
  return copy;
}

import type { ByteString } from '#bytes/utf8.ts';
import { isLegacyName } from './escaping.ts';

/** Length above which a text is escaped byte by byte: `replace` needs ten times as long for a text of quotes. */
const longText = 1024;

/** Escapes a label value or a name for double quotes (docs/reference/collector-behaviour.md#text-format). */
export function escapeQuoted(text: ByteString): ByteString {
  if (!/[\\\n"]/.test(text)) return text;
  if (text.length > longText) return escapeLong(text);
  return text.replace(/[\\\n"]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
}

function escapeLong(text: ByteString): ByteString {
  const bytes = Buffer.from(text, 'latin1');
  const escaped = Buffer.allocUnsafe(bytes.length * 2);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const isNewline = byte === newline;
    if (isNewline || byte === quote || byte === backslash) escaped[length++] = backslash;
    escaped[length++] = isNewline ? letterN : byte;
  }
  return escaped.latin1Slice(0, length);
}

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const letterN = 0x6e;

/** Escapes help text of the 0.0.4 format, in which quotes are not escaped. */
export function escapeHelp(text: ByteString): ByteString {
  return /[\\\n]/.test(text) ? text.replace(/[\\\n]/g, (char) => (char === '\n' ? '\\n' : '\\\\')) : text;
}

/** Formats a name for HELP and TYPE lines and label pairs: quoted unless it is legacy-valid. */
export function quoteName(name: ByteString): ByteString {
  return isLegacyName(name) ? name : `"${escapeQuoted(name)}"`;
}

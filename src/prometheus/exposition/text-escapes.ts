import type { ByteString } from '#bytes/utf8.ts';
import { isLegacyName } from './escaping.ts';

/** Escapes a label value or a name for double quotes (docs/reference/collector-behaviour.md#text-format). */
export function escapeQuoted(text: ByteString): ByteString {
  return /[\\\n"]/.test(text) ? text.replace(/[\\\n"]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`)) : text;
}

/** Escapes help text of the 0.0.4 format, in which quotes are not escaped. */
export function escapeHelp(text: ByteString): ByteString {
  return /[\\\n]/.test(text) ? text.replace(/[\\\n]/g, (char) => (char === '\n' ? '\\n' : '\\\\')) : text;
}

/** Formats a name for HELP and TYPE lines and label pairs: quoted unless it is legacy-valid. */
export function quoteName(name: ByteString): ByteString {
  return isLegacyName(name) ? name : `"${escapeQuoted(name)}"`;
}

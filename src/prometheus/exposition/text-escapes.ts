import type { ByteString } from '#bytes/utf8.ts';
import { isLegacyName } from './escaping.ts';

/** Escapes a label value or a name for double quotes (docs/reference/collector-behaviour.md#text-format). */
export function escapeQuoted(text: ByteString): ByteString {
  return /[\\\n"]/.test(text) ? text.replace(/[\\\n"]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`)) : text;
}

/** Help text of the 0.0.4 format: quotes stay. */
export function escapeHelp(text: ByteString): ByteString {
  return /[\\\n]/.test(text) ? text.replace(/[\\\n]/g, (char) => (char === '\n' ? '\\n' : '\\\\')) : text;
}

/** A name as HELP and TYPE lines and label pairs show it: quoted unless legacy-valid. */
export function quoteName(name: ByteString): ByteString {
  return isLegacyName(name) ? name : `"${escapeQuoted(name)}"`;
}

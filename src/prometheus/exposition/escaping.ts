import { type ByteString, decodeUtf8, toByteString } from '#bytes/utf8.ts';

/**
 * Scheme for names that are not legacy-valid, from `escaping=` in the Accept header
 * (docs/reference/collector-behaviour.md#name-escaping).
 */
export type EscapingScheme = 'underscores' | 'dots' | 'values' | 'allow-utf-8';

export const escapingSchemes: readonly EscapingScheme[] = ['allow-utf-8', 'underscores', 'dots', 'values'];

const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Whether every version of Prometheus accepts the name. Same as the Collector, allows the colon in label names too. */
export function isLegacyName(name: ByteString): boolean {
  return legacyName.test(name);
}

/**
 * Escapes a metric or label name according to the scheme. Legacy-valid names never change. With `allow-utf-8`, other
 * names must be quoted.
 */
export function escapeName(name: ByteString, scheme: EscapingScheme): ByteString {
  if (scheme === 'allow-utf-8' || name === '' || isLegacyName(name)) return name;
  const chars = Array.from(decodeUtf8(Buffer.from(name, 'latin1'), 0, name.length));
  const escaped = chars.map((char, index) => escapeChar(char, { scheme, isFirst: index === 0 })).join('');
  return toByteString(scheme === 'values' ? `U__${escaped}` : escaped);
}

function escapeChar(char: string, { scheme, isFirst }: { scheme: EscapingScheme; isFirst: boolean }): string {
  const isLegal = isLegacyName(isFirst ? char : `_${char}`);
  switch (scheme) {
    case 'dots':
      if (char === '_') return '__';
      if (char === '.') return '_dot_';
      return isLegal ? char : '__';
    case 'values':
      if (char === '_') return '__';
      return isLegal ? char : `_${(char.isWellFormed() ? (char.codePointAt(0) as number) : 0xfffd).toString(16)}_`;
    default:
      return isLegal ? char : '_';
  }
}

import { createHash } from 'node:crypto';
import { encodeUtf8 } from '#bytes/utf8.ts';
import type { AnyValue } from '#pdata/attributes.ts';

/**
 * Returns the SHA-256 of a scalar's bytes in lower-case hex. Empty for values without scalar content: empty values,
 * bytes, lists, and maps.
 */
export function hashValue(value: AnyValue): string {
  const bytes = scalarBytes(value);
  return bytes === undefined ? '' : createHash('sha256').update(bytes).digest('hex');
}

function scalarBytes(value: AnyValue): Buffer | undefined {
  switch (typeof value) {
    case 'string':
      return encodeUtf8(value);
    case 'boolean':
      return Buffer.of(value ? 1 : 0);
    case 'bigint': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(value);
      return bytes;
    }
    case 'number': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return bytes;
    }
    default:
      return undefined;
  }
}

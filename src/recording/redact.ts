import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isJson } from './plain-body.ts';
import { type Shape, visitFields } from './visit-fields.ts';

type Attributes = Shape<'attribute'>;

const inScopes = (resource: Attributes, scope: Attributes, item: Attributes): Attributes => ({
  1: { 1: resource, 2: { 1: scope, 2: item } },
});
const resource: Attributes = { 1: 'attribute' };
const scope: Attributes = { 3: 'attribute' };
const exemplar: Attributes = { 7: 'attribute' };

/** opentelemetry-proto: attributes by path. */
const shapes: Readonly<Record<string, Attributes>> = {
  '/v1/metrics': inScopes(resource, scope, {
    5: { 1: { 7: 'attribute', 5: exemplar } },
    7: { 1: { 7: 'attribute', 5: exemplar } },
    9: { 1: { 9: 'attribute', 8: exemplar } },
    10: { 1: { 1: 'attribute', 11: exemplar } },
    11: { 1: { 7: 'attribute' } },
    12: 'attribute',
  }),
  '/v1/traces': inScopes(resource, scope, { 9: 'attribute', 11: { 3: 'attribute' }, 13: { 4: 'attribute' } }),
  '/v1/logs': inScopes(resource, scope, { 6: 'attribute' }),
};

/** A body as it arrived, with its headers. */
export interface RecordedBody {
  readonly path: string;
  /** Lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Returns the body with other text values of the attributes `keys`. Each value becomes a hash of the same length, so
 * that equal values remain equal and lengths do not change. Supports protobuf and JSON, uncompressed or with gzip.
 * @throws Error if the body has another encoding or is malformed
 */
export function redact({ path, headers, body }: RecordedBody, keys: ReadonlySet<string>): Buffer {
  if (keys.size === 0) return body;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Error(`attributes of a body with Content-Encoding: ${encoding} cannot be redacted`);
  }
  const plain = encoding === 'gzip' ? gunzipSync(body) : Buffer.from(body);
  const redacted = isJson(headers, plain) ? inJson(plain, keys) : inProtobuf(plain, shapes[path] ?? {}, keys);
  return encoding === 'gzip' ? gzipSync(redacted) : redacted;
}

function inProtobuf(bytes: Buffer, shape: Attributes, keys: ReadonlySet<string>): Buffer {
  visitFields(bytes, shape, (_, start, end) => {
    let key = '';
    visitFields<'key' | 'text'>(
      bytes,
      { 1: 'key', 2: { 1: 'text' } },
      (kind, from, to) => {
        if (kind === 'key') key = bytes.toString('utf8', from, to);
        else if (keys.has(key)) bytes.write(pseudonym(bytes.subarray(from, to)), from, 'latin1');
      },
      [start, end],
    );
  });
  return bytes;
}

function inJson(body: Buffer, keys: ReadonlySet<string>): Buffer {
  const value: unknown = JSON.parse(body.toString('utf8'), (_, entry) => {
    const isRedacted =
      typeof entry?.key === 'string' && keys.has(entry.key) && typeof entry.value?.stringValue === 'string';
    if (!isRedacted) return entry;
    return { ...entry, value: { stringValue: pseudonym(Buffer.from(entry.value.stringValue)) } };
  });
  return Buffer.from(JSON.stringify(value));
}

/** Returns hexadecimal digits that depend on the text, as many as it has bytes. */
function pseudonym(text: Buffer): string {
  if (text.length === 0) return '';
  let digits = createHash('sha256').update(text).digest('hex');
  while (digits.length < text.length) digits += createHash('sha256').update(digits).digest('hex');
  return digits.slice(0, text.length);
}

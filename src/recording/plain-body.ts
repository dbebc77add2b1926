import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** Maximum size of a decompressed body in bytes. */
const maxOutputLength = 512 * 1024 * 1024;

/**
 * Returns a body without its content encoding.
 * @throws Error if the encoding is not supported, or the body does not have it
 */
export function plainBody(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const encoding = headers['content-encoding'] || 'identity';
  switch (encoding) {
    case 'identity':
      return body;
    case 'gzip':
      return gunzipSync(body, { maxOutputLength });
    case 'deflate':
    case 'zlib':
      return inflateSync(body, { maxOutputLength });
    case 'zstd':
      return zstdDecompressSync(body, { maxOutputLength });
    default:
      throw new Error(`Content-Encoding: ${encoding} is not supported`);
  }
}

/**
 * Whether a body without its content encoding is JSON. Airflow 2 labels protobuf as JSON: no protobuf request begins with a brace.
 */
export function isJson(headers: Readonly<Record<string, string>>, plain: Buffer): boolean {
  return (headers['content-type']?.includes('json') ?? false) && /^\s*\{/.test(plain.toString('latin1', 0, 100));
}

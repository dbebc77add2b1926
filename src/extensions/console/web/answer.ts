import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
/** Minimum size of a body to compress, bytes. */
const minCompressed = 2_000;

/** Ends a response with a body, compressed on another thread if the client accepts gzip. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, type, body }: { readonly status?: number; readonly type: string; readonly body: string | Buffer },
): Promise<void> {
  const bytes = Buffer.from(body);
  const isCompressed = type !== 'application/gzip' && bytes.length >= minCompressed && acceptsGzip(request);
  const sent = isCompressed ? await compress(bytes) : bytes;
  if (response.destroyed) return;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', sent.length);
  response.setHeader('Vary', 'Accept-Encoding');
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(status);
  response.end(request.method === 'HEAD' ? undefined : sent);
}

/** Whether the client accepts gzip: it names gzip with a weight above 0. */
export function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''));
}

import type { Socket } from 'node:net';
import type { RejectReason } from '#component/views/rejection.ts';

/** Number of bytes that is sufficient to recognize a protocol. */
const maxLookedAt = 64;

/** The recognized protocol of unexpected bytes. */
export interface Misdirected {
  readonly reason: RejectReason;
  /** Name of the protocol, or the first bytes. */
  readonly detail: string;
}

/** Recognizes the protocol of a connection by its first bytes. */
export function recognize(bytes: Uint8Array): Misdirected {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxLookedAt)).toString('latin1');
  if (/^\x16\x03[\x00-\x04]/.test(text)) return { reason: 'tls', detail: 'TLS handshake' };
  if (text.startsWith('PRI * HTTP/2.0')) return { reason: 'http2_preface', detail: 'HTTP/2, for example gRPC' };
  if (/^[A-Z]+ \S+( HTTP\/1\.[01]\r\n|$)/.test(text)) return { reason: 'plain_http', detail: 'HTTP/1.1' };
  if (/^[^\s:|]+:[-+]?[\d.]+\|(c|g|ms|h|s|d)\b/.test(text)) return { reason: 'not_http', detail: 'StatsD text' };
  if (/^[^\s:|]+ [-+]?[\d.]+ \d+\s/.test(text)) return { reason: 'not_http', detail: 'Graphite text' };
  return { reason: 'not_http', detail: text.slice(0, 32).replace(/[^\x20-\x7e]/g, '.') };
}

const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Whether a connection that begins with these bytes can be HTTP/2. The bytes can be incomplete. */
export function isHttp2(bytes: Uint8Array): boolean {
  return http2Preface.startsWith(Buffer.from(bytes.subarray(0, http2Preface.length)).toString('latin1'));
}

/**
 * Calls `looked` with the first bytes of a connection. The next reader of the connection receives them again. A
 * connection that ends without bytes is destroyed.
 */
export function lookAtFirstBytes(socket: Socket, looked: (bytes: Uint8Array) => void): void {
  socket.once('readable', () => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) {
      socket.destroy();
      return;
    }
    socket.unshift(bytes);
    looked(bytes);
  });
}

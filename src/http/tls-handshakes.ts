import type { Socket } from 'node:net';
import type { TLSSocket, Server as TlsServer } from 'node:tls';
import { eventLoop } from '#flow/event-loop.ts';
import type { Connections } from './connections.ts';

/** Maximum time of a handshake without `header_timeout`, ms. */
const maxHandshakeMs = 10_000;

/** Returns the maximum time of a TLS handshake, ms. `headerTimeoutMs`: 0 for no limit. */
export function handshakeTimeout(headerTimeoutMs: number): number {
  return headerTimeoutMs > 0 ? Math.min(headerTimeoutMs, maxHandshakeMs) : maxHandshakeMs;
}

/**
 * Spreads the handshakes of connections that arrive at the same time over iterations of the event loop, because each of them takes a
 * millisecond. Until its handshake is complete, a connection counts in `connections`; afterwards, the owner adds it again. Call it before
 * other listeners are added.
 */
export function spreadHandshakes(server: TlsServer, connections: Connections): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    connections.opened(socket);
    socket.once('close', () => connections.closed(socket));
    const begin = () => {
      if (socket.destroyed) return;
      for (const listener of listeners) listener.call(server, socket);
    };
    if (eventLoop.hasTime()) {
      begin();
      return;
    }
    // Nobody else listens to it before the handshake.
    const ignore = () => undefined;
    socket.on('error', ignore);
    eventLoop.soon(() => {
      begin();
      socket.off('error', ignore);
    });
  });
  server.prependListener('secureConnection', (socket: TLSSocket & { readonly _parent?: Socket }) => {
    if (socket._parent) connections.closed(socket._parent);
  });
}

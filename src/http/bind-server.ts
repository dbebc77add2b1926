import type { AddressInfo, ListenOptions, Server, Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { Logger } from '#component/component.ts';
import type { Transport } from '#component/views/rejection.ts';
import { bindError, resolveListenAddress } from './listen-address.ts';
import type { ConnectionEnds, RejectionLog } from './rejected-requests.ts';
import type { TlsContext } from './tls-context.ts';

/**
 * Binds a server to an endpoint. Resolves with the address in the Collector's notation (`127.0.0.1:4318`, `[::]:4318`).
 * Rejects with the Collector's message: `listen tcp 127.0.0.1:8889: bind: address already in use`.
 */
export async function bindServer(
  server: Server,
  { endpoint, transport }: { readonly endpoint: string; readonly transport: string },
): Promise<string> {
  const address = await resolveListenAddress(endpoint, transport);
  try {
    await listenOn(server, address.options).catch((error: NodeJS.ErrnoException) => {
      // Without IPv6 on the machine, every interface means every IPv4 interface.
      if (error.code !== 'EAFNOSUPPORT' || address.options.host !== '::') throw error;
      return listenOn(server, { ...address.options, host: '0.0.0.0' });
    });
  } catch (error) {
    throw bindError(error as NodeJS.ErrnoException, address, transport);
  }
  return addressText(server.address() ?? address.text);
}

function listenOn(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressText(address: AddressInfo | string): string {
  if (typeof address === 'string') return address;
  return address.family === 'IPv6' ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

/** Same text as the Collector. Without an answer, a client would repeat the request until its timeout. */
const plainHttpAnswer = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/** Reloads certificates before a handshake if they are due. Logs failed handshakes. */
export function keepCertificates(
  server: TlsServer,
  context: TlsContext,
  { logger, rejected, transport }: { logger: Logger; rejected: RejectionLog | undefined; transport: Transport },
): void {
  const logFailure = (socket: Socket, error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    logger.error(`http: TLS handshake error from ${socket.remoteAddress}:${socket.remotePort}: ${reason}`);
  };
  /** A socket that has ended has no addresses any more. */
  const ends = new WeakMap<Socket, ConnectionEnds>();
  server.prependListener('connection', (socket: Socket) => {
    ends.set(socket, { remoteAddress: socket.remoteAddress, localPort: socket.localPort });
    try {
      if (context.refresh()) server.setSecureContext(context.options());
    } catch (error) {
      logFailure(socket, error);
      socket.destroy();
    }
  });
  server.on('tlsClientError', (error, socket) => {
    const { _parent: plain } = socket as { readonly _parent?: Socket };
    // A probe only connects, and is not a client.
    if (plain?.bytesRead !== 0) rejected?.handshake(error, (plain && ends.get(plain)) ?? socket, transport);
    logFailure(socket, error);
    const isPlainHttp = (error as NodeJS.ErrnoException).code === 'ERR_SSL_HTTP_REQUEST';
    if (isPlainHttp && plain?.writable) plain.end(plainHttpAnswer);
    // Only servers of HTTP do it themselves.
    else if ((error as NodeJS.ErrnoException).code === 'ERR_TLS_HANDSHAKE_TIMEOUT') plain?.destroy();
  });
}

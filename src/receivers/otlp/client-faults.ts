import type { IncomingMessage } from 'node:http';
import type { Logger } from '#component/component.ts';
import type { Client } from './source-table.ts';

/** Logs faults of clients, each kind once for a listener: they repeat with every request. */
export class ClientFaults {
  readonly #logger: Logger;
  readonly #logged = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A body was protobuf, and its content type application/json. It was accepted. */
  mislabeled(client: Client): void {
    this.#once('info', 'Requests labeled application/json contain protobuf; accepting them', client);
  }

  /** A body began with the head of another request. */
  shared(client: Client): void {
    const message =
      'A request body contains the head of another request; two processes share a connection after a fork';
    this.#once('warn', message, client);
  }

  #once(level: 'info' | 'warn', message: string, client: Client): void {
    if (this.#logged.has(message)) return;
    this.#logged.add(message);
    this.#logger[level](message, { client: client.address(), user_agent: client.userAgent() });
  }
}

/** The client of an HTTP request. */
export function clientOf(request: IncomingMessage): Client {
  return {
    transport: 'http',
    address: () => request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '',
    userAgent: () => request.headers['user-agent'] ?? '',
  };
}

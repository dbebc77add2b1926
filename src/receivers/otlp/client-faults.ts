import type { IncomingMessage } from 'node:http';
import type { Logger } from '#component/component.ts';
import type { Client } from './source-table.ts';

/** Logs faults of clients whose data is accepted, once for a listener: they repeat with every request. */
export class ClientFaults {
  readonly #logger: Logger;
  #isLogged = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A body was protobuf, and its content type application/json. It was accepted. */
  mislabeled(client: Client): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    this.#logger.info('Requests labeled application/json contain protobuf; accepting them', {
      client: client.address(),
      user_agent: client.userAgent(),
    });
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

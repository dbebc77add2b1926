import type { IncomingMessage } from 'node:http';
import type { Logger } from '#component/component.ts';
import type { Client } from './source-table.ts';

/** Logs mistakes of clients whose data is accepted, once per listener: they repeat with every request. */
export class ClientFaults {
  readonly #logger: Logger;
  #isLogged = false;
  #isFieldLogged = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Reports an accepted body that is protobuf but has the content type application/json. */
  mislabeled(client: Client): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    this.#logger.info('Requests labeled application/json contain protobuf; accepting them', {
      client: client.address(),
      user_agent: client.userAgent(),
    });
  }

  /** Reports JSON that contains no data points because a receiver ignores a field with this name. */
  unknownField(client: Client, field: string): void {
    if (this.#isFieldLogged) return;
    this.#isFieldLogged = true;
    this.#logger.warn(
      'JSON without data points: a field is not one of OTLP. The fields are resourceMetrics, scopeMetrics, metrics, gauge or sum, dataPoints, asDouble',
      { field, client: client.address(), user_agent: client.userAgent() },
    );
  }
}

/** Returns the client of an HTTP request. */
export function clientOf(request: IncomingMessage): Client {
  return {
    transport: 'http',
    address: () => request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '',
    userAgent: () => request.headers['user-agent'] ?? '',
  };
}

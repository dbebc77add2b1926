import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';

/** Request and response headers of one scrape. */
export interface WitnessedScrape {
  readonly asked: IncomingHttpHeaders;
  readonly status: number;
  readonly given: IncomingHttpHeaders;
}

/** Proxy between a scraper and `/metrics` that changes nothing and records the headers of the last scrape. */
export class ScrapeWitness {
  readonly #server: Server;
  #last: WitnessedScrape | undefined;

  private constructor(port: number) {
    this.#server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
        const status = answer.statusCode ?? 0;
        this.#last = { asked: headers, status, given: answer.headers };
        outgoing.writeHead(status, answer.rawHeaders);
        answer.pipe(outgoing);
      });
      asked.on('error', () => outgoing.destroy());
      incoming.pipe(asked);
    });
  }

  static async start(port: number): Promise<ScrapeWitness> {
    const witness = new ScrapeWitness(port);
    witness.#server.listen(0, '127.0.0.1');
    await once(witness.#server, 'listening');
    return witness;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get last(): WitnessedScrape | undefined {
    return this.#last;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

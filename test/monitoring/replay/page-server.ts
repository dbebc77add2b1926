import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Format } from './record-scrapes.ts';

const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  protobuf:
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; charset=utf-8',
};

/**
 * Serves pages one after the other. A page is served again until `isStored` says that Prometheus has it: on a busy machine, a scrape
 * can fail.
 */
export class PageServer {
  readonly port: number;
  /** Accept headers of the requests. */
  readonly asked: ReadonlySet<string>;
  /** Resolves when Prometheus has stored every scrape response. */
  readonly served: Promise<void>;
  readonly #stop: () => void;

  private constructor(port: number, asked: ReadonlySet<string>, served: Promise<void>, stop: () => void) {
    this.port = port;
    this.asked = asked;
    this.served = served;
    this.#stop = stop;
  }

  /** `pages` are compressed with gzip. */
  static async start(
    pages: readonly Buffer[],
    format: Format,
    isStored: (step: number) => Promise<boolean>,
  ): Promise<PageServer> {
    const asked = new Set<string>();
    let step = 0;
    let isServed = false;
    let done = () => {};
    const served = new Promise<void>((resolve) => {
      done = resolve;
    });
    const server = createServer(async (request, response) => {
      asked.add(request.headers.accept ?? '');
      const current = step;
      // Two requests can wait here: a scrape that timed out, and the next one. Only one of them advances.
      if (isServed && (await isStored(current)) && step === current) {
        step += 1;
        isServed = false;
      }
      const page = pages[step];
      if (!page) {
        done();
        // An empty response changes nothing, because samples with timestamps have no staleness markers.
        response.writeHead(200, { 'content-type': contentTypes.text }).end();
        return;
      }
      isServed = true;
      response.writeHead(200, { 'content-type': contentTypes[format], 'content-encoding': 'gzip' }).end(page);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PageServer((server.address() as AddressInfo).port, asked, served, () => {
      server.close();
      server.closeAllConnections();
    });
  }

  stop(): void {
    this.#stop();
  }
}

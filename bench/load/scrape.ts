import { createHash } from 'node:crypto';
import { get } from 'node:http';

/** The ways in which Prometheus may ask for the page. */
export const scrapeHeaders = {
  text: {},
  gzip: { 'accept-encoding': 'gzip' },
  protobuf: {
    accept: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  },
} satisfies Record<string, Record<string, string>>;

export type ScrapeFormat = keyof typeof scrapeHeaders;

/** One scrape as it came over the wire; the body is only counted. */
export interface Scraped {
  readonly bytes: number;
  readonly lines: number;
  readonly milliseconds: number;
  readonly digest: string;
}

/** Scrapes once. Throws on any answer but 200. */
export function scrape(port: number, format: ScrapeFormat = 'text'): Promise<Scraped> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const request = get(
      { host: '127.0.0.1', port, path: '/metrics', headers: scrapeHeaders[format], agent: false },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`scrape: ${response.statusCode}`));
        const hash = createHash('sha256');
        let bytes = 0;
        let lines = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
          hash.update(chunk);
        });
        response.on('end', () =>
          resolve({ bytes, lines, milliseconds: performance.now() - began, digest: hash.digest('hex') }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
  });
}

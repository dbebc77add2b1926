import { get } from 'node:http';

/** Request headers of the formats that Prometheus accepts. */
export const scrapeHeaders = {
  text: {},
  gzip: { 'accept-encoding': 'gzip' },
  protobuf: {
    accept: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  },
} satisfies Record<string, Record<string, string>>;

export type ScrapeFormat = keyof typeof scrapeHeaders;

/**
 * Scrapes once and returns the size of the body.
 * @throws Error if the response is not 200.
 */
export function scrape(port: number, format: ScrapeFormat = 'text'): Promise<{ readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    const headers = scrapeHeaders[format];
    const request = get({ host: '127.0.0.1', port, path: '/metrics', headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`scrape: ${response.statusCode}`));
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ bytes }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

import type { IncomingMessage } from 'node:http';

/** Maximum number of characters of a User-Agent that identify a scraper. */
const maxText = 200;

/**
 * Returns the identity of the scraper that sent a request: its address and User-Agent. Returns `''` for a browser or
 * `curl`: Prometheus, vmagent, Alloy, and the Collector's receiver send their timeout in a header. `isAny`: every GET
 * request is from a scraper.
 */
export function scraperOf({ method, headers, socket }: IncomingMessage, isAny: boolean): string {
  if (method !== 'GET' || (!isAny && headers['x-prometheus-scrape-timeout-seconds'] === undefined)) return '';
  return `${socket.remoteAddress ?? ''} ${(headers['user-agent'] ?? '').slice(0, maxText)}`;
}

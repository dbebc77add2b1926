import { Agent } from 'node:http';
import { timeRange } from '../../support/fresh-times.ts';
import { ask } from '../../support/http.ts';
import type { RecordedRequest } from '../../support/recording.ts';
import { ClockedPitot } from './clocked-pitot.ts';

/** Accept headers of a scraper, same as Prometheus. */
const accepts = {
  text: 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  openmetrics: 'application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  protobuf:
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9,text/plain;q=0.5',
} as const;
export type Format = keyof typeof accepts;

export interface Scrape {
  /** Time of the scrape by the clock of the recording, ms. */
  readonly atMs: number;
  readonly page: Buffer;
  /** pitot's own metrics, if requested. */
  readonly own?: Buffer;
}

export interface RecordOptions {
  readonly requests: readonly RecordedRequest[];
  readonly format: Format;
  /** Settings of the prometheus exporter besides its endpoint. */
  readonly prometheus: object;
  readonly scrapeSeconds?: number;
  /** Duration of scrapes after the last request, seconds. */
  readonly tailSeconds?: number;
  readonly hasOwnMetrics?: boolean;
  /** Receives the scrapes of another server, which scrapes seven seconds later. */
  readonly secondServer?: Scrape[];
  /** Second of the recording at which pitot is replaced by a new process without its state. */
  readonly restartSecond?: number;
}

/**
 * Delivers a recording to a real pitot and scrapes it as Prometheus would have at the time: pitot's clock is set to the recorded time
 * of each second, so that half an hour takes seconds. Requests that pitot refuses are part of the recordings (heads of other requests).
 */
export async function recordScrapes(options: RecordOptions): Promise<Scrape[]> {
  const { requests, format, prometheus, scrapeSeconds = 15, tailSeconds = 0 } = options;
  const baseMs = Number(timeRange([requests[0]!.body]).last / 1_000_000n);
  let pitot = await ClockedPitot.start(baseMs - 1_000, prometheus);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = {
    accept: accepts[format],
    'user-agent': 'Prometheus/3.16.0',
    'x-prometheus-scrape-timeout-seconds': '10',
  };
  const scrapes: Scrape[] = [];
  try {
    const seconds = Math.ceil(requests.at(-1)!.atSeconds) + tailSeconds;
    let next = 0;
    for (let second = 0; second <= seconds; second += 1) {
      if (second === options.restartSecond) {
        await pitot.stop();
        pitot = await ClockedPitot.start(baseMs + second * 1_000, prometheus);
      }
      await pitot.setClock(baseMs + second * 1_000);
      for (; next < requests.length && requests[next]!.atSeconds <= second; next += 1) {
        const { path, headers: own, body } = requests[next]!;
        await ask(pitot.ports.http, {
          method: 'POST',
          path,
          headers: { ...own, 'content-length': String(body.length) },
          body,
          agent,
        });
      }
      if (options.secondServer && second % scrapeSeconds === 7) {
        const other = await pitot.scrape('page', { ...headers, 'user-agent': 'Prometheus/2.42.0' });
        options.secondServer.push({ atMs: baseMs + second * 1_000, page: other.body });
      }
      if (second % scrapeSeconds !== 0) continue;
      const { status, body } = await pitot.scrape('page', headers);
      if (status !== 200) throw new Error(`scrape: ${status} ${pitot.output}`);
      const own = options.hasOwnMetrics ? { own: (await pitot.scrape('own', headers)).body } : {};
      scrapes.push({ atMs: baseMs + second * 1_000, page: body, ...own });
    }
  } finally {
    agent.destroy();
    await pitot.stop();
  }
  return scrapes;
}

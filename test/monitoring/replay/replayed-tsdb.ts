import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { freePorts } from '../../support/pitot.ts';
import { PageServer } from './page-server.ts';
import type { Format, Scrape } from './record-scrapes.ts';
import { shiftedPage, stepMetric } from './shifted-page.ts';

/** One line of an answer: its labels, and its values or native histograms by Unix seconds. */
export interface Line {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [time: number, value: string])[];
  readonly histograms?: readonly (readonly [time: number, histogram: { readonly count: string }])[];
}

export interface Job {
  readonly name: string;
  readonly scrapes: readonly Scrape[];
  /** Labels of the target, such as its namespace. */
  readonly labels?: Readonly<Record<string, string>>;
  /** If not the format of the other jobs. */
  readonly format?: Format;
}

export interface TsdbOptions {
  /** The executable. */
  readonly prometheus: string;
  readonly flags: readonly string[];
  readonly format: Format;
  readonly jobs: readonly Job[];
  /** Settings of every scrape job, for example `metric_relabel_configs`. */
  readonly scrapeConfig?: object;
}

/** Every recording ends at this time, Unix ms: a whole second, because Prometheus truncates times of queries to ms. */
const endMs = Math.floor(Date.now() / 1000) * 1000 - 5_000;
const shifted = new WeakMap<readonly Scrape[], Partial<Record<Format, readonly Buffer[]>>>();

/** The pages of a recording at the times at which it ends now, compressed. Several servers share them. */
function shiftedPages(scrapes: readonly Scrape[], format: Format): readonly Buffer[] {
  const known = shifted.get(scrapes) ?? {};
  shifted.set(scrapes, known);
  const shiftMs = endMs - scrapes.at(-1)!.atMs;
  known[format] ??= scrapes.map((scrape, step) => gzipSync(shiftedPage(scrape, format, shiftMs, step), { level: 1 }));
  return known[format];
}

/**
 * A real Prometheus that has scraped recorded pages. Each recording ends now: samples have their times, moved by the same distance,
 * while Prometheus scrapes one page after the other as fast as it can.
 */
export class ReplayedTsdb {
  readonly url: string;
  /** The time of the longest recording, moved: Unix seconds. */
  readonly range: { readonly start: number; readonly end: number };
  readonly #child: ChildProcess;
  readonly #directory: string;
  #log = '';

  private constructor(
    options: TsdbOptions,
    port: number,
    servers: readonly PageServer[],
    range: { start: number; end: number },
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.range = range;
    this.#directory = mkdtempSync(join(tmpdir(), 'pitot-tsdb-'));
    const config = join(this.#directory, 'prometheus.yaml');
    const jobs = options.jobs.map(({ name, labels = {} }, index) => ({
      job_name: name,
      scrape_interval: '100ms',
      scrape_timeout: '100ms',
      static_configs: [{ targets: [`127.0.0.1:${servers[index]!.port}`], labels }],
      ...options.scrapeConfig,
    }));
    writeFileSync(config, JSON.stringify({ scrape_configs: jobs }));
    this.#child = spawn(
      options.prometheus,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(this.#directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--query.lookback-delta=5m',
        ...options.flags,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#child.stderr!.on('data', (text) => {
      this.#log = (this.#log + text).slice(-200_000);
    });
  }

  static async start(options: TsdbOptions): Promise<ReplayedTsdb> {
    const [port] = (await freePorts(1)) as [number];
    const durations = options.jobs.map(({ scrapes }) => scrapes.at(-1)!.atMs - scrapes[0]!.atMs);
    const range = { start: (endMs - Math.max(...durations)) / 1000, end: endMs / 1000 };
    // The servers learn the address of Prometheus after they have started.
    let tsdb: ReplayedTsdb | undefined;
    const isStored = async (job: string, step: number) => {
      const [last] = (await tsdb!.query(`last_over_time(${stepMetric}{job="${job}"}[2h])`)) ?? [];
      return Number(last?.value?.[1] ?? -1) >= step;
    };
    const servers = await Promise.all(
      options.jobs.map(({ name, scrapes, format = options.format }) =>
        PageServer.start(shiftedPages(scrapes, format), format, (step) => isStored(name, step)),
      ),
    );
    tsdb = new ReplayedTsdb(options, port, servers, range);
    const exited = once(tsdb.#child, 'exit').then(() => {
      throw new Error(`Prometheus ended: ${tsdb!.#log.slice(-3000)}`);
    });
    await Promise.race([Promise.all(servers.map(({ served }) => served)), exited]);
    exited.catch(() => {});
    for (const server of servers) server.stop();
    return tsdb;
  }

  /** Lines of its log that say warning or error. */
  complaints(): string[] {
    return this.#log
      .split('\n')
      .filter((line) => /level=(warn|error)|panic/i.test(line) && !/connection refused/.test(line));
  }

  /** @throws Error with Prometheus's own message */
  async queryRange(query: string, stepSeconds = 15, range = this.range): Promise<Line[]> {
    const parameters = new URLSearchParams({
      query,
      start: `${range.start}`,
      end: `${range.end}`,
      step: `${stepSeconds}`,
    });
    return (await this.#get(`query_range?${parameters}`)).result;
  }

  /** An instant query, at the end of the recording or at another time. */
  async query(
    query: string,
    time = this.range.end,
  ): Promise<{ metric: Record<string, string>; value?: [number, string] }[]> {
    return (await this.#get(`query?${new URLSearchParams({ query, time: `${time}` })}`)).result;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer of Prometheus's API.
  async #get(path: string): Promise<any> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './pitot.ts';

/** Native histogram in the query API. A bucket has a boundary rule, two bounds, and a count. */
export interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [rule: number, lower: string, upper: string, count: string])[];
}

/** Series in the result of an instant query. */
export interface ApiSample {
  /** Labels, including `__name__` unless a function removed it. */
  readonly metric: Readonly<Record<string, string>>;
  /** Unix time in seconds, and a number in Go's format. */
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [number, ApiHistogram];
}

export interface ApiTarget {
  readonly scrapePool: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

interface ScrapeJob {
  readonly name: string;
  readonly port: number;
  /** Scrape interval and timeout as a Prometheus duration, if they differ from those of the others. */
  readonly interval?: string;
}

export interface PrometheusOptions {
  readonly jobs: readonly ScrapeJob[];
  /** Scrape interval as a Prometheus duration. */
  readonly interval: string;
  readonly flags?: readonly string[];
  /** Files of rules to evaluate, at `interval`. */
  readonly ruleFiles?: readonly string[];
}

/**
 * A real Prometheus from the PATH that scrapes ports of 127.0.0.1. Scraped `job` and `instance` labels are kept. The label `page` contains
 * the name of the scrape job.
 */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #directory: string;
  /** Address without a path. */
  readonly url: string;
  #log = '';

  private constructor(options: PrometheusOptions, port: number) {
    this.#directory = mkdtempSync(join(tmpdir(), 'pitot-prometheus-'));
    this.url = `http://127.0.0.1:${port}`;
    const config = join(this.#directory, 'prometheus.yaml');
    writeFileSync(config, JSON.stringify(scrapeConfig(options)));
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(this.#directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.flags ?? []),
    ];
    this.#child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.on('error', (error) => {
      this.#log += `${error.message}; Debian's package prometheus has it\n`;
    });
    this.#child.stderr?.on('data', (text) => {
      this.#log += text;
    });
    this.#exited = once(this.#child, 'close').catch(() => undefined);
  }

  /** Starts Prometheus. Resolves when it answers queries. @throws Error with its log if it exits or after 60 s */
  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const [port] = (await freePorts(1)) as [number];
    const prometheus = new Prometheus(options, port);
    const end = Date.now() + 60_000;
    while (!(await prometheus.#isReady())) {
      if (!prometheus.#isRunning() || Date.now() > end) throw new Error(`no Prometheus: ${prometheus.#log}`);
      await new Promise((done) => setTimeout(done, 50));
    }
    return prometheus;
  }

  /** Returns the warnings and errors in its log. */
  complaints(): string[] {
    return this.#log.split('\n').filter((line) => /level=(warn|error)|panic/i.test(line));
  }

  /** Runs an instant query at a Unix time in seconds, by default now. @throws Error with the message of Prometheus */
  async query(expression: string, time?: number): Promise<readonly ApiSample[]> {
    const at = time === undefined ? '' : `&time=${time}`;
    const { result } = (await this.#get(`query?query=${encodeURIComponent(expression)}${at}`)) as {
      result: ApiSample[];
    };
    return result;
  }

  async targets(): Promise<readonly ApiTarget[]> {
    return ((await this.#get('targets')) as { activeTargets: ApiTarget[] }).activeTargets;
  }

  /** Returns the Unix time of the last scrape of a job in seconds, or 0 before the first one. */
  async lastScrape(job: string): Promise<number> {
    const [sample] = await this.query(`timestamp(up{job="${job}"})`);
    return Number(sample?.value?.[1] ?? 0);
  }

  /** Waits until a job has been scraped `count` more times. Resolves to the time of the last scrape. */
  async untilScraped(job: string, count: number): Promise<number> {
    let last = await this.lastScrape(job);
    const end = Date.now() + 60_000;
    for (let seen = 0; seen < count; ) {
      if (Date.now() > end) throw new Error(`${job} is not scraped: ${JSON.stringify(await this.targets())}`);
      await new Promise((done) => setTimeout(done, 20));
      const now = await this.lastScrape(job);
      if (now > last) seen += 1;
      last = now;
    }
    return last;
  }

  async stop(): Promise<void> {
    if (this.#isRunning()) this.#child.kill('SIGTERM');
    await this.#exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }
}

function scrapeConfig({ jobs, interval, ruleFiles = [] }: PrometheusOptions): object {
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: jobs.map(({ name, port, interval: own = interval }) => ({
      job_name: name,
      scrape_interval: own,
      scrape_timeout: own,
      honor_labels: true,
      static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { page: name } }],
    })),
  };
}

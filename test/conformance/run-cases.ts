import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DebugEntry, debugEntries } from '../support/debug-entries.ts';
import { type Answer, ask, postMetrics } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { newestName } from './answers.ts';

/** Files of a case that hold a `/metrics` response, and the response's format. */
export const outputs = {
  'expect.metrics.txt': 'text',
  'expect.openmetrics.txt': 'openmetrics',
  'expect.metrics.pb': 'protobuf',
} as const;

/** Requests that were sent to the Collector, and its answers in the files of one folder. */
export interface Case {
  readonly name: string;
  readonly prometheus: object;
  readonly debug: object;
  readonly requests: readonly Buffer[];
  /**
   * Returns the expected answer in a file: that of the Collector 0.165 if it differs from 0.155's. Undefined if the Collector's answer
   * varies from run to run.
   */
  expected(file: string): Buffer | undefined;
  /** The answer of the Collector 0.155. */
  older(file: string): Buffer | undefined;
}

/** Answers of pitot. */
export interface CaseAnswers {
  readonly responses: readonly Answer[];
  readonly text: Answer;
  readonly openmetrics: Answer;
  readonly protobuf: Answer;
  readonly debug: readonly DebugEntry[];
}

/** Returns the cases of a folder next to this file, sorted by name. */
export function readCases(folder: string): Case[] {
  const root = join(import.meta.dirname, folder);
  return readdirSync(root)
    .sort()
    .map((name) => {
      const directory = join(root, name);
      const older = (file: string) =>
        existsSync(join(directory, file)) ? readFileSync(join(directory, file)) : undefined;
      const expected = (file: string) => older(newestName(file)) ?? older(file);
      const { prometheus, debug, requests } = JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8'));
      return { name, prometheus, debug, requests: requests.map((file: string) => older(file)), expected, older };
    });
}

const accept = {
  text: {} as Record<string, string>,
  openmetrics: { accept: 'application/openmetrics-text;version=1.0.0' },
  protobuf: {
    accept: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  },
};

/** One pitot process with a pipeline per case, real ports, and a real log. */
export class CaseRunner {
  readonly #pitot: RunningPitot;
  /** Ports of OTLP and `/metrics`, by the name of the case. */
  readonly ports: ReadonlyMap<string, { in: number; out: number }>;

  private constructor(pitot: RunningPitot, ports: ReadonlyMap<string, { in: number; out: number }>) {
    this.#pitot = pitot;
    this.ports = ports;
  }

  /**
   * @param processors settings of processors that all data passes, in this order
   * @param program another program than pitot: the Collector
   */
  static async start(
    cases: readonly Case[],
    processors: Readonly<Record<string, object>> = {},
    program?: readonly string[],
  ): Promise<CaseRunner> {
    const free = await freePorts(cases.length * 2);
    const ports = new Map(cases.map(({ name }, index) => [name, { in: free[2 * index]!, out: free[2 * index + 1]! }]));
    const config = {
      receivers: {} as Record<string, object>,
      processors,
      exporters: {} as Record<string, object>,
      service: {
        telemetry: { metrics: { level: 'none' }, logs: { sampling: { enabled: false } } },
        pipelines: {} as Record<string, object>,
      },
    };
    for (const [index, { name, prometheus, debug }] of cases.entries()) {
      const port = ports.get(name)!;
      config.receivers[`otlp/${index}`] = { protocols: { http: { endpoint: `127.0.0.1:${port.in}` } } };
      config.exporters[`debug/${index}`] = debug;
      config.exporters[`prometheus/${index}`] = { ...prometheus, endpoint: `127.0.0.1:${port.out}` };
      config.service.pipelines[`metrics/${index}`] = {
        receivers: [`otlp/${index}`],
        processors: Object.keys(processors),
        exporters: [`debug/${index}`, `prometheus/${index}`],
      };
    }
    const pitot = startPitot([`--config=${configFile(config)}`], {}, program);
    await untilListening(pitot, free);
    return new CaseRunner(pitot, ports);
  }

  /** Sends the requests of a case in order, and returns all answers. Cases must run one after another. */
  async run(which: Case): Promise<CaseAnswers> {
    const port = this.ports.get(which.name)!;
    const start = this.#pitot.output().length;
    const responses: Answer[] = [];
    for (const request of which.requests) responses.push(await postMetrics(port.in, request));
    const scrape = (headers: Record<string, string>) => ask(port.out, { path: '/metrics', headers });
    const text = await scrape(accept.text);
    const openmetrics = await scrape(accept.openmetrics);
    const protobuf = await scrape(accept.protobuf);
    const expected = debugEntries(which.expected('expect.debug.txt')?.toString('latin1') ?? '').length;
    let debug: DebugEntry[] = [];
    for (let attempt = 0; attempt < 100; attempt++) {
      // The last line can be incomplete.
      const output = this.#pitot.output();
      debug = debugEntries(output.subarray(start, output.lastIndexOf('\n') + 1).toString('latin1'));
      if (debug.length >= expected) break;
      await new Promise((done) => setTimeout(done, 20));
    }
    return { responses, text, openmetrics, protobuf, debug };
  }

  stop(): Promise<number | null> {
    return this.#pitot.stop();
  }
}

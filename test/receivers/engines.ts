import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { freePorts } from '../support/pitot.ts';
import type { ApiSample } from '../support/prometheus.ts';

/** A running receiver of Remote Write, with the query API of Prometheus. */
export interface Engine {
  /** Address to push to by Remote Write. */
  readonly writeUrl: string;
  /** Address to send OTLP metrics to, if the engine receives OTLP. */
  readonly otlpUrl?: string;
  /** Runs an instant query at a Unix time in seconds, after what was received is visible. */
  query(expression: string, time: number): Promise<readonly ApiSample[]>;
  stop(): Promise<void>;
}

/** How to start an engine, and what it does with data. */
export interface EngineKind {
  readonly name: string;
  /** Whether it understands Remote Write 2.0. */
  readonly understands2: boolean;
  readonly storesNativeHistograms: boolean;
  start(): Promise<Engine>;
}

const host = '127.0.0.1';

/** Programs of an engine, with a directory of their own. */
class Programs {
  readonly directory = mkdtempSync(join(tmpdir(), 'pitot-engine-'));
  readonly #children: ChildProcess[] = [];
  #log = '';

  start(program: string, args: readonly string[]): void {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.#log += text));
    child.on('error', ({ message }) => (this.#log += message));
    this.#children.push(child);
  }

  /** Resolves when an address answers 200. @throws Error with the log of the programs */
  async untilReady(url: string): Promise<void> {
    const end = Date.now() + 120_000;
    while (
      !(await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > end || this.#children.some(({ exitCode }) => exitCode !== null))
        throw new Error(`${url} is not ready: ${this.#log.slice(-3_000)}`);
      await after(100);
    }
  }

  async stop(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null) child.kill('SIGTERM');
    await Promise.all(this.#children.map((child) => (child.exitCode === null ? once(child, 'close') : undefined)));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function queryApi(url: string, expression: string, time: number): Promise<readonly ApiSample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}&time=${time}`);
  const answer = (await response.json()) as { status: string; error?: string; data: { result: ApiSample[] } };
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data.result;
}

function prometheus(program: string): EngineKind {
  return {
    name: 'the newest Prometheus',
    understands2: true,
    storesNativeHistograms: true,
    async start() {
      const programs = new Programs();
      const [port] = (await freePorts(1)) as [number];
      const config = join(programs.directory, 'prometheus.yaml');
      writeFileSync(config, 'otlp: {translation_strategy: UnderscoreEscapingWithSuffixes}\n');
      const url = `http://${host}:${port}`;
      programs.start(program, [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(programs.directory, 'data')}`,
        `--web.listen-address=${host}:${port}`,
        '--web.enable-remote-write-receiver',
        '--web.enable-otlp-receiver',
      ]);
      await programs.untilReady(`${url}/-/ready`);
      return {
        writeUrl: `${url}/api/v1/write`,
        otlpUrl: `${url}/api/v1/otlp/v1/metrics`,
        query: (expression, time) => queryApi(url, expression, time),
        stop: () => programs.stop(),
      };
    },
  };
}

/** VictoriaMetrics answers requests of Remote Write 2.0 with 204 and discards them. Its histograms are not native. */
function victoriaMetrics(program: string): EngineKind {
  return {
    name: 'VictoriaMetrics',
    understands2: false,
    storesNativeHistograms: false,
    async start() {
      const programs = new Programs();
      const [port] = (await freePorts(1)) as [number];
      const url = `http://${host}:${port}`;
      programs.start(program, [
        `-httpListenAddr=${host}:${port}`,
        `-storageDataPath=${join(programs.directory, 'data')}`,
        '-search.latencyOffset=0s',
        '-search.disableCache',
      ]);
      await programs.untilReady(`${url}/health`);
      return {
        writeUrl: `${url}/api/v1/write`,
        otlpUrl: `${url}/opentelemetry/v1/metrics`,
        async query(expression, time) {
          await fetch(`${url}/internal/force_flush`);
          return queryApi(url, expression, time);
        },
        stop: () => programs.stop(),
      };
    },
  };
}

/** Two receivers of Thanos that share the series by a hashring, and a querier in front of both. */
function thanos(program: string): EngineKind {
  return {
    name: 'Thanos receive with a hashring of two',
    understands2: true,
    storesNativeHistograms: true,
    async start() {
      const programs = new Programs();
      const ports = await freePorts(8);
      const [queryHttp, queryGrpc] = ports.splice(0, 2) as [number, number];
      const receivers = [0, 1].map((index) => ports.slice(3 * index, 3 * index + 3) as [number, number, number]);
      const hashrings = join(programs.directory, 'hashrings.json');
      const endpoints = receivers.map(([grpc]) => `${host}:${grpc}`);
      writeFileSync(hashrings, JSON.stringify([{ hashring: 'default', endpoints }]));
      receivers.forEach(([grpc, http, write], index) => {
        programs.start(program, [
          'receive',
          `--tsdb.path=${join(programs.directory, `data${index}`)}`,
          `--grpc-address=${host}:${grpc}`,
          `--http-address=${host}:${http}`,
          `--remote-write.address=${host}:${write}`,
          `--label=receiver="${index}"`,
          `--receive.local-endpoint=${host}:${grpc}`,
          `--receive.hashrings-file=${hashrings}`,
          '--tsdb.enable-native-histograms',
        ]);
      });
      const addresses = endpoints.map((endpoint) => `--endpoint=${endpoint}`);
      const grpc = `--grpc-address=${host}:${queryGrpc}`;
      programs.start(program, ['query', `--http-address=${host}:${queryHttp}`, grpc, ...addresses]);
      const url = `http://${host}:${queryHttp}`;
      for (const [, http] of receivers) await programs.untilReady(`http://${host}:${http}/-/ready`);
      await programs.untilReady(`${url}/-/ready`);
      return {
        writeUrl: `http://${host}:${receivers[0]![2]}/api/v1/receive`,
        query: (expression, time) => queryApi(url, expression, time),
        stop: () => programs.stop(),
      };
    },
  };
}

const kinds = { PITOT_PROMETHEUS: prometheus, PITOT_VICTORIAMETRICS: victoriaMetrics, PITOT_THANOS: thanos };

/** The engines whose programs are named by the environment. scripts/receivers.sh builds and names all of them. */
export const engines = Object.entries(kinds).flatMap(([variable, kind]) => {
  const program = process.env[variable];
  if (!program) throw new Error(`${variable} is not set: run scripts/receivers.sh`);
  return kind(program);
});

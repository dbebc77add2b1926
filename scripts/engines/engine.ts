import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { freePorts } from '../../test/support/pitot.ts';
import type { ApiSample } from '../../test/support/prometheus.ts';

/** Runs an instant query at a Unix time in seconds, by default now. @throws Error with the message of the engine */
export async function queryEngine(
  { url, headers }: Engine,
  expression: string,
  time?: number,
): Promise<readonly ApiSample[]> {
  const at = time === undefined ? '' : `&time=${time}`;
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}${at}`, { headers });
  const answer = (await response.json()) as { status: string; error?: string; data: { result: ApiSample[] } };
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data.result;
}

export const credentials = { username: 'tenant', password: 'secret' };

/** A running engine, or an agent in front of one. */
export interface Engine {
  /** Address of queries. */
  readonly url: string;
  /** Address of Remote Write, if it is another one. */
  readonly writeUrl?: string;
  /** Headers of queries. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface EngineOptions {
  readonly command: string;
  /** Files of the engine's folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args: (place: { readonly folder: string; readonly address: string }) => readonly string[];
  /** Path that is answered with 200 when the engine is ready. */
  readonly readyPath: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts an engine with a folder of its own. Resolves when it is ready. @throws Error with its log after 60 s */
export async function startEngine({
  command,
  files = {},
  args,
  readyPath,
  headers = {},
}: EngineOptions): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-engine-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [port] = (await freePorts(1)) as [number];
  const address = `127.0.0.1:${port}`;
  const child: ChildProcess = spawn(command, args({ folder, address }), { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'close');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (log += text));
  const url = `http://${address}`;
  const isReady = () =>
    fetch(url + readyPath, { headers }).then(
      ({ ok }) => ok,
      () => false,
    );
  const end = Date.now() + 60_000;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`${command} does not start: … ${log.slice(-1_000)}`);
    }
    await after(100);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, headers, stop };
}

/** A Prometheus that receives Remote Write and OTLP. */
export function startPrometheus(command: string): Promise<Engine> {
  const args = ({ folder, address }: { folder: string; address: string }) => [
    `--config.file=${folder}/prometheus.yaml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${address}`,
    '--web.enable-remote-write-receiver',
    '--web.enable-otlp-receiver',
  ];
  const files = { 'prometheus.yaml': 'storage: {tsdb: {out_of_order_time_window: 10m}}\n' };
  return startEngine({ command, files, args, readyPath: '/-/ready' });
}

/** A VictoriaMetrics, optionally with basic authentication, as a managed service has. */
export function startVictoriaMetrics(command: string, isProtected = false): Promise<Engine> {
  const { username, password } = credentials;
  const args = ({ folder, address }: { folder: string; address: string }) => [
    `-storageDataPath=${folder}/data`,
    `-httpListenAddr=${address}`,
    '-search.latencyOffset=0s',
    ...(isProtected ? [`-httpAuth.username=${username}`, `-httpAuth.password=${password}`] : []),
  ];
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return startEngine({ command, args, readyPath: '/health', headers: isProtected ? { authorization } : {} });
}

/** A Prometheus in agent mode that scrapes each pod and writes to an engine. */
export function startAgent(command: string, ports: readonly number[], remoteWrite: object): Promise<Engine> {
  const config = {
    global: { scrape_interval: '1s', external_labels: { cluster: 'production' } },
    scrape_configs: [
      {
        job_name: 'pitot',
        honor_labels: true,
        static_configs: ports.map((port, pod) => ({ targets: [`127.0.0.1:${port}`], labels: { pod: `pitot-${pod}` } })),
      },
    ],
    remote_write: [remoteWrite],
  };
  const args = ({ folder, address }: { folder: string; address: string }) => [
    '--agent',
    `--config.file=${folder}/agent.yaml`,
    `--storage.agent.path=${folder}/data`,
    `--web.listen-address=${address}`,
  ];
  return startEngine({ command, files: { 'agent.yaml': JSON.stringify(config) }, args, readyPath: '/-/ready' });
}

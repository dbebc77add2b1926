import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestHttp } from '#client/http-request.ts';
import type { RawMap } from '#config/raw-value.ts';
import type { RecordedRequest } from '#recording/read-recording.ts';
import { replay } from '#recording/replay.ts';
import { httpSender } from '#recording/send-request.ts';
import { type TrialPorts, trialConfig } from './trial-config.ts';

/** A pitot or a Collector that runs for a command, with ports of its own. */
export interface Trial {
  readonly ports: TrialPorts;
  stop(): Promise<void>;
}

interface TrialOptions {
  readonly raw: RawMap;
  /** Path of the Collector; undefined for pitot itself. */
  readonly collector: string | undefined;
  readonly stopped: AbortSignal;
}

const startMs = 60_000;
const stopMs = 10_000;
const maxErrorText = 2_000;

/**
 * Starts a trial, and waits until it accepts requests.
 * @throws Error with what it wrote if it does not start
 */
export async function startTrial({ raw, collector, stopped }: TrialOptions): Promise<Trial> {
  const [http, metrics, console] = (await freePorts(3)) as [number, number, number];
  const ports = { http, metrics, console };
  const directory = mkdtempSync(join(tmpdir(), 'pitot-trial-'));
  const file = join(directory, 'config.yaml');
  const program = collector === undefined ? 'pitot' : 'collector';
  // It can contain secrets.
  writeFileSync(file, JSON.stringify(trialConfig(raw, ports, program)), { mode: 0o600 });
  const [command, args] = collector === undefined ? ownCommand() : [collector, []];
  const child = spawn(command, [...args, `--config=${file}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PITOT_CONSOLE: 'off', NO_COLOR: '1' },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-maxErrorText);
  });
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const hasEnded = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!hasEnded()) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await exited;
      clearTimeout(timer);
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const wanted = collector === undefined ? [http, metrics, console] : [http, metrics];
  for (const deadline = performance.now() + startMs; ; await sleep(50)) {
    if ((await Promise.all(wanted.map(accepts))).every(Boolean)) return { ports, stop };
    if (!hasEnded() && !stopped.aborted && performance.now() < deadline) continue;
    await stop();
    throw new Error(
      `${collector ?? 'pitot'} does not start with this configuration: ${failure?.message ?? errors.trim()}`,
    );
  }
}

/** Sends requests to a trial without waiting between them. @throws Error that names the first refusal */
export async function feed(
  { ports }: Trial,
  requests: readonly RecordedRequest[],
  signal: AbortSignal,
): Promise<number> {
  const sender = httpSender({ to: `http://127.0.0.1:${ports.http}`, headers: {}, timeoutMs: 60_000 });
  try {
    const options = { sender, speed: Number.POSITIVE_INFINITY, shiftsTimes: false, signal };
    const { refused } = await replay(requests, options);
    return [...refused.values()].reduce((sum, count) => sum + count, 0);
  } finally {
    sender.close();
  }
}

/** Returns the /metrics output of a trial. */
export async function outputOf({ ports }: Trial): Promise<string> {
  const url = new URL(`http://127.0.0.1:${ports.metrics}/metrics`);
  const { status, body } = await requestHttp(url, { timeoutMs: 60_000 });
  if (status !== 200) throw new Error(`GET ${url}: status ${status}`);
  return body.toString();
}

/**
 * Returns the path of the Collector: the named one, or `otelcol-contrib` or `otelcol` in PATH.
 * @throws Error if there is none
 */
export function collectorAt(named: string, path: string | undefined): string {
  if (named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`${named} is not an executable file; name the Collector: --binary=/path/to/otelcol-contrib`);
  }
  // An installed pitot can have the name of the Collector.
  const found = (path ?? '')
    .split(delimiter)
    .flatMap((folder) => ['otelcol-contrib', 'otelcol'].map((name) => join(folder, name)))
    .find((file) => isExecutable(file) && !isPitot(file));
  if (found !== undefined) return found;
  throw new Error('there is no otelcol-contrib in PATH; name the Collector: --binary=/path/to/otelcol-contrib');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The launcher of pitot is a small script; a Collector has more than 10 MB. */
function isPitot(file: string): boolean {
  return statSync(file).size < 1_000_000;
}

/** Returns the command that starts this program again. */
function ownCommand(): [command: string, args: string[]] {
  const script = process.getBuiltinModule('node:sea').isSea() ? [] : [process.argv[1]!];
  return [process.execPath, [...process.execArgv, ...script]];
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

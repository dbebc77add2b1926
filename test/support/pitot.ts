import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Directory of Node.js's compile cache, which halves the work of starting a process. */
export const compileCache = join(tmpdir(), 'pitot-compile-cache');
const repository = new URL('../../', import.meta.url).pathname;

/** A running pitot process with its own ports, started as users start it. */
export interface RunningPitot {
  readonly process: ChildProcess;
  /** Returns everything written to stdout and stderr so far. */
  output(): Buffer;
  /** Sends a signal, by default SIGTERM, and resolves with the exit status, or null if a signal killed the process. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Lower limit of the ports. All ports are below the range that systems use for outgoing connections, which could otherwise occupy one. */
const firstPort = 10_000;
const lastPort = 32_000;
/** Next port to try. Each process starts at a random port, so that concurrent tests rarely try the same one. */
let nextPort = firstPort + Math.floor(Math.random() * (lastPort - firstPort));

/** Returns free ports of 127.0.0.1. Each port is returned only once per process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort;
    nextPort = port === lastPort ? firstPort : port + 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => done(true));
  });
  await new Promise((done) => server.close(done));
  return isListening;
}

/** Writes a configuration (YAML text, or an object as JSON) to a temporary file and returns its path. */
export function configFile(config: string | object): string {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'config.yaml');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

/** Starts pitot from the checkout. */
const fromCheckout = [process.execPath, join(repository, 'src/main.ts')];

/**
 * Starts `pitot ARGUMENTS` from the checkout, without waiting for its ports.
 * @param program another program that takes the same arguments
 */
export function startPitot(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  program: readonly string[] = fromCheckout,
): RunningPitot {
  const log = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'output.log');
  writeFileSync(log, '');
  const child = spawn('/bin/sh', ['-c', 'exec "$@" >>"$LOG" 2>&1', 'sh', ...program, ...args], {
    cwd: repository,
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env, LOG: log },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return {
    process: child,
    output: () => readFileSync(log),
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

/** Resolves when all ports accept connections. @throws Error with the output if the process exits or after 60 s */
export async function untilListening(pitot: RunningPitot, ports: readonly number[]): Promise<void> {
  const end = Date.now() + 60_000;
  for (const port of ports) {
    while (!(await accepts(port))) {
      const { exitCode, signalCode } = pitot.process;
      if (exitCode !== null || signalCode !== null || Date.now() > end) {
        throw new Error(`pitot does not listen on ${port}: ${pitot.output().toString().slice(-2000)}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

/** Resolves when the output contains a text `times` times. @throws Error with the output if the process exits or after 60 s */
export async function untilLogged(pitot: RunningPitot, text: string, times = 1): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    // The state of the process is read before its output, so that the last output counts.
    const hasEnded = pitot.process.exitCode !== null || pitot.process.signalCode !== null;
    const output = pitot.output().toString();
    if (output.split(text).length > times) return;
    if (hasEnded || Date.now() > end) {
      throw new Error(`${JSON.stringify(text)} is not logged ${times} times: ${output.slice(-2000)}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

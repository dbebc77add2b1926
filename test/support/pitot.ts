import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Node keeps here what it made of the sources: a process starts with half the work. */
export const compileCache = join(tmpdir(), 'pitot-compile-cache');
const repository = new URL('../../', import.meta.url).pathname;

/** A running pitot, started as users start it: its own process, its own ports. */
export interface RunningPitot {
  readonly process: ChildProcess;
  /** Everything written to stdout and stderr so far, as bytes in a file. */
  output(): Buffer;
  /** Sends a signal (SIGTERM by default) and resolves with the exit code (null when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Below the ports that systems give to outgoing connections: those must not take one before it is listened on. */
const firstPort = 10_000;
const lastPort = 32_000;
/** Each process goes through the range from a place of its own, so that tests that run side by side rarely meet. */
let nextPort = firstPort + Math.floor(Math.random() * (lastPort - firstPort));

/** Ports of 127.0.0.1 that are free, and that nobody else in this process is given. */
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

/** Writes a configuration (YAML text, or an object as JSON) to a temporary file and gives its path. */
export function configFile(config: string | object): string {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'config.yaml');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

/** Starts `pitot ARGUMENTS` from the checkout; does not wait for it. */
export function startPitot(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningPitot {
  const log = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'output.log');
  writeFileSync(log, '');
  const child = spawn(
    '/bin/sh',
    ['-c', 'exec "$@" >>"$LOG" 2>&1', 'sh', process.execPath, join(repository, 'src/main.ts'), ...args],
    {
      cwd: repository,
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env, LOG: log },
      stdio: 'ignore',
    },
  );
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

/** Resolves when all ports accept connections; rejects with the output when the process ends or 60 s pass. */
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

/** Resolves when the output has a text so many times; rejects with the output when the process ends or 60 s pass. */
export async function untilLogged(pitot: RunningPitot, text: string, times = 1): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    // Looked at before the process: what it wrote at last counts.
    const hasEnded = pitot.process.exitCode !== null || pitot.process.signalCode !== null;
    const output = pitot.output().toString();
    if (output.split(text).length > times) return;
    if (hasEnded || Date.now() > end) {
      throw new Error(`${JSON.stringify(text)} is not logged ${times} times: ${output.slice(-2000)}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

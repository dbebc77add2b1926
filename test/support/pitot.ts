import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = new URL('../../', import.meta.url).pathname;

/** A running pitot, started as users start it: its own process, its own ports. */
export interface RunningPitot {
  readonly process: ChildProcess;
  /** Everything written to stdout and stderr so far, as bytes in a file. */
  output(): Buffer;
  /** Sends a signal (SIGTERM by default) and resolves with the exit code (null when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Ports that were free a moment ago on 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
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
      env: { ...process.env, ...env, LOG: log },
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

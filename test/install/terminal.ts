import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Port of OTLP over HTTP. pitot runs if it accepts connections. */
const port = 4318;

/** Terminals of a reader. Blocks run one after another in the first terminal, or in a second one while pitot runs in the first. */
export class Terminals {
  readonly #directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  #server: { readonly process: ChildProcess; readonly log: string } | undefined;

  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.#directory = directory;
    this.#environment = environment;
  }

  /**
   * Runs a block until it ends, or until the pitot that it started is ready.
   * @returns the output
   * @throws Error with the output if the block fails
   */
  async run(block: string): Promise<string> {
    const log = join(mkdtempSync(join(tmpdir(), 'pitot-install-')), 'output');
    const file = openSync(log, 'w');
    const options = { cwd: this.#directory, env: this.#environment, detached: true } as const;
    const child = spawn('bash', ['-e', '-c', block], { ...options, stdio: ['ignore', file, file] });
    closeSync(file);
    const exited = once(child, 'exit');
    while (child.exitCode === null && child.signalCode === null) {
      if (readFileSync(log, 'utf8').includes('Everything is ready.')) {
        this.#server = { process: child, log };
        return readFileSync(log, 'utf8');
      }
      await Promise.race([exited, new Promise((done) => setTimeout(done, 100))]);
    }
    const output = readFileSync(log, 'utf8');
    if (child.exitCode !== 0) throw new Error(`exit code ${child.exitCode}:\n${output.slice(-4000)}`);
    return output;
  }

  get isServing(): boolean {
    return this.#server !== undefined;
  }

  /** Sends Ctrl-C to pitot's terminal, and waits until pitot has stopped. */
  async interrupt(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const exited = once(server.process, 'exit');
    if (server.process.exitCode === null) {
      process.kill(-server.process.pid!, 'SIGINT');
      await exited;
    }
  }
}

/** Whether pitot's port accepts connections. */
export function isListening(): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

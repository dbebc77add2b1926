/** A reader of the documentation with a shell: runs blocks, and keeps port forwardings open in other terminals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Time limit of a block, ms. */
const patience = 120_000;

export class Shell {
  readonly #directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #forwarding = new Map<string, ChildProcess>();

  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.#directory = directory;
    this.#environment = environment;
  }

  /** Runs a block to its end, or until its port forwarding is ready. @returns the output @throws Error with the output if it fails */
  async run(block: string): Promise<string> {
    const [, local] = block.match(/^kubectl .*port-forward .* (\d+):\d+\s*$/) ?? [];
    if (local !== undefined) await this.#end(local);
    const child = spawn('bash', ['-e', '-c', local === undefined ? block : `exec ${block}`], {
      cwd: this.#directory,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const ended = once(child, 'close');
    const ready = new Promise<void>((done) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (local !== undefined && output.includes('Forwarding from')) done();
        });
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    await Promise.race([ended, ready]);
    clearTimeout(timer);
    if (local !== undefined && child.exitCode === null && child.signalCode === null) this.#forwarding.set(local, child);
    else if (child.exitCode !== 0) throw new Error(`exit code ${child.exitCode}:\n${output.slice(-3000)}`);
    return output;
  }

  async close(): Promise<void> {
    for (const port of [...this.#forwarding.keys()]) await this.#end(port);
  }

  async #end(port: string): Promise<void> {
    const child = this.#forwarding.get(port);
    this.#forwarding.delete(port);
    if (child && child.exitCode === null && child.kill()) await once(child, 'exit');
  }
}

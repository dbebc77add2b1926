import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { ask } from '../../test/support/http.ts';
import { configFile, freePorts } from '../../test/support/pitot.ts';

/** Program to measure: its name, its command, and whether it supports pitot-specific settings. */
export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly isPitot: boolean;
}

export interface ServerOptions {
  /** Whether to add the debug exporter in detailed mode, as in the guide's configuration. */
  readonly debug?: boolean;
  readonly prometheus?: object;
  /** Exporter in place of the prometheus exporter: its ID and settings. */
  readonly exporter?: { readonly id: string; readonly settings: object };
}

/** Running subject, with its CPU time and memory. */
export class Server {
  readonly otlpPort: number;
  readonly metricsPort: number;
  /** Milliseconds from the start of the process to the first 200 on the OTLP port. */
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: readonly number[], startMs: number) {
    this.#child = child;
    [this.otlpPort, this.metricsPort] = ports as [number, number];
    this.startMs = startMs;
  }

  static async start(subject: Subject, options: ServerOptions = {}): Promise<Server> {
    const ports = await freePorts(3);
    const exporter = options.exporter?.id ?? 'prometheus';
    const config = configFile({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${ports[0]}` } } } },
      exporters: {
        debug: { verbosity: 'detailed' },
        [exporter]: options.exporter?.settings ?? { endpoint: `127.0.0.1:${ports[1]}`, ...options.prometheus },
      },
      service: {
        // The default reader, on a free port.
        telemetry: {
          metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports[2] } } } }] },
        },
        pipelines: { metrics: { receivers: ['otlp'], exporters: [...(options.debug ? ['debug'] : []), exporter] } },
      },
    });
    const sink = openSync('/dev/null', 'w');
    const began = performance.now();
    const [file, ...args] = subject.command;
    const child = spawn(file!, [...args, `--config=${config}`], { stdio: ['ignore', sink, sink] });
    closeSync(sink);
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': '0' };
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${subject.name} ended with ${child.exitCode}`);
      const answer = await ask(ports[0]!, { method: 'POST', path: '/v1/metrics', headers }).catch(() => undefined);
      if (answer?.status === 200) break;
      await new Promise((done) => setTimeout(done, 2));
    }
    return new Server(child, ports, performance.now() - began);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Returns the CPU seconds of all threads so far. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.pid);
  }

  /** Returns the resident memory in MB. */
  residentMb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readOr(`/proc/${this.#child.pid}/status`))?.[1] ?? 0) / 1024;
  }

  /** Returns the largest resident memory so far in MB. */
  peakMb(): number {
    return Number(/VmHWM:\s+(\d+)/.exec(readOr(`/proc/${this.#child.pid}/status`))?.[1] ?? 0) / 1024;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const forced = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    clearTimeout(forced);
  }
}

/** Returns the user and system CPU seconds of all threads of a process so far. */
export function cpuSecondsOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return (
    tasks.reduce((sum, task) => sum + Number(readOr(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]), 0) / 1e9
  );
}

/** Reads a file of a thread. Returns an empty text if the thread has ended since it was listed. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '0';
  }
}

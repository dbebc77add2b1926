import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificates.ts';
import { freePorts, untilListening } from '../support/pitot.ts';
import { type Cgroup, createCgroup } from './cgroup.ts';

export interface TargetOptions {
  /** Folder of the bundle: see scripts/bundle.ts. */
  readonly program: string;
  readonly mebibytes: number;
  /** Totals on disk. */
  readonly hasStorage?: boolean;
  /** Changes the configuration before it is written. */
  readonly adjust?: (config: Config, ports: Ports) => void;
  readonly env?: NodeJS.ProcessEnv;
}

// biome-ignore lint/suspicious/noExplicitAny: a configuration is whatever YAML says.
type Config = Record<string, any>;
export type Ports = Readonly<
  Record<'http' | 'tls' | 'grpc' | 'page' | 'own' | 'health' | 'zpages' | 'pprof' | 'console', number>
>;

let started = 0;

/** The bundled program with the image's flags, in a cgroup of a container's size where the machine allows one. */
export class Target {
  readonly ports: Ports;
  readonly folder = mkdtempSync(join(tmpdir(), 'pitot-attack-'));
  readonly cgroup: Cgroup | undefined;
  readonly #options: TargetOptions;
  #process!: ChildProcess;

  private constructor(options: TargetOptions, ports: readonly number[]) {
    this.#options = options;
    const names = ['http', 'tls', 'grpc', 'page', 'own', 'health', 'zpages', 'pprof', 'console'] as const;
    this.ports = Object.fromEntries(names.map((name, i) => [name, ports[i]!])) as Ports;
    this.cgroup = createCgroup(`pitot-attack-${process.pid}-${started++}`, options.mebibytes * 2 ** 20);
    mkdirSync(join(this.folder, 'state'));
  }

  static async start(options: TargetOptions): Promise<Target> {
    const target = new Target(options, await freePorts(9));
    await target.launch();
    return target;
  }

  /** Starts the process (again) and waits until it listens. */
  async launch(): Promise<void> {
    const { program, mebibytes, env } = this.#options;
    const config = join(this.folder, 'config.json');
    const written = configuration(this.ports, this.#options.hasStorage ? join(this.folder, 'state') : undefined);
    this.#options.adjust?.(written, this.ports);
    writeFileSync(config, JSON.stringify(written));
    const log = join(this.folder, 'output.log');
    // Without a cgroup, Node does not know the limit.
    const heap = this.cgroup
      ? '--max-old-space-size-percentage=60'
      : `--max-old-space-size=${Math.floor(mebibytes * 0.6)}`;
    const command = `${this.cgroup?.enter ?? ':'} && exec "$@" >>"${log}" 2>&1`;
    this.#process = spawn(
      '/bin/sh',
      [
        ...['-c', command, 'sh', process.execPath, '--max-semi-space-size=8', join(program, 'otelcol-contrib')],
        `--config=${config}`,
      ],
      {
        stdio: 'ignore',
        env: {
          ...process.env,
          ...allocatorSettings(),
          ...env,
          NODE_OPTIONS: `${heap} ${recordingOptions()} ${env?.NODE_OPTIONS ?? ''}`,
        },
      },
    );
    await untilListening({ process: this.#process, output: () => readFileSync(log), stop: () => this.stop() }, [
      this.ports.http,
      this.ports.tls,
      this.ports.grpc,
      this.ports.page,
      this.ports.health,
    ]);
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get output(): string {
    return readFileSync(join(this.folder, 'output.log'), 'utf8');
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Bytes that the process has in memory. */
  resident(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.isRunning) return this.#process.exitCode;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    return (await exited)[0] as number | null;
  }

  async remove(): Promise<void> {
    await this.stop(isRecorded ? 'SIGTERM' : 'SIGKILL');
    this.cgroup?.remove();
  }
}

const isRecorded = process.env.PITOT_TURNS_FILE !== undefined;

/** Flags of Node.js that record the long turns of the event loop in PITOT_TURNS_FILE. */
function recordingOptions(): string {
  return isRecorded ? `--import ${join(import.meta.dirname, 'record-turns.ts')}` : '';
}

/** Environment of the image for the memory allocator. */
function allocatorSettings(): NodeJS.ProcessEnv {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  return Object.fromEntries(
    Array.from(dockerfile.matchAll(/\b(MALLOC_\w+)=(\d+)/g), ([, name, value]) => [name, value]),
  );
}

/** Like the chart's preset, with every listener. */
function configuration(ports: Ports, state: string | undefined): Config {
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const own = { pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports.own } } } };
  const { cert, key } = makeCertificate('localhost');
  const tls = { ...at(ports.tls), tls: { cert_pem: cert, key_pem: key } };
  const grpc = { ...at(ports.grpc), max_recv_msg_size_mib: 20 };
  const pipeline = {
    receivers: ['otlp', 'otlp/tls'],
    processors: ['memory_limiter'],
    exporters: ['debug', 'prometheus'],
  };
  const printed = { ...pipeline, processors: ['memory_limiter', 'batch'], exporters: ['debug'] };
  return {
    receivers: { otlp: { protocols: { http: at(ports.http), grpc } }, 'otlp/tls': { protocols: { http: tls } } },
    processors: {
      batch: {},
      memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 },
    },
    exporters: {
      debug: { verbosity: 'basic' },
      prometheus: {
        ...at(ports.page),
        // The default of 30 s cuts off a response of 100 MB if the machine is busy.
        write_timeout: '5m',
        accumulation: { enabled: true, ...(state !== undefined && { storage: 'file_storage' }) },
      },
    },
    extensions: {
      health_check: at(ports.health),
      zpages: at(ports.zpages),
      pprof: at(ports.pprof),
      console: at(ports.console),
      ...(state !== undefined && { file_storage: { directory: state } }),
    },
    service: {
      extensions: ['health_check', 'zpages', 'pprof', 'console', ...(state === undefined ? [] : ['file_storage'])],
      telemetry: { metrics: { readers: [own] } },
      pipelines: { metrics: pipeline, traces: printed, logs: printed },
    },
  };
}

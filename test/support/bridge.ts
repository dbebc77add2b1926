import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Answer, ask } from './http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from './pitot.ts';

export interface BridgeOptions {
  /** Settings of the prometheus exporter in addition to its endpoint. */
  readonly prometheus?: object;
  /** Settings of processors, by ID. */
  readonly processors?: Readonly<Record<string, object>>;
  /** Settings of a file_storage extension with a separate directory. No extension if undefined. */
  readonly fileStorage?: object;
  /** Directory of the file_storage extension instead of a new one. */
  readonly stateDirectory?: string;
  /** Environment variables of the process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether to expose pitot's own metrics on `ports.own`. */
  readonly hasOwnMetrics?: boolean;
}

/** Settings of accumulation for the recordings. */
export const accumulation = {
  enabled: true,
  process_attributes: ['service.instance.id'],
  zero_first: false,
} as const;

/** Headers that Prometheus, vmagent, Alloy, and the Collector's receiver send. */
export const scraperHeaders = { 'x-prometheus-scrape-timeout-seconds': '10' } as const;

/** A pitot process that receives OTLP over HTTP and gRPC and exposes `/metrics`. A restart keeps its ports and its storage. */
export class Bridge {
  readonly ports: Readonly<Record<'http' | 'grpc' | 'page' | 'own', number>>;
  readonly #config: string;
  readonly #stateDirectory: string;
  readonly #env: NodeJS.ProcessEnv;
  #pitot: RunningPitot | undefined;

  private constructor(ports: readonly number[], options: BridgeOptions) {
    const [http, grpc, page, own] = ports as [number, number, number, number];
    this.ports = { http, grpc, page, own };
    this.#stateDirectory = options.stateDirectory ?? mkdtempSync(join(tmpdir(), 'pitot-state-'));
    this.#env = options.env ?? {};
    this.#config = configFile(this.#configOf(options));
  }

  /** Creates a bridge without starting its process. */
  static async create(options: BridgeOptions = {}): Promise<Bridge> {
    return new Bridge(await freePorts(4), options);
  }

  /** Starts a bridge. Resolves when every port accepts connections. */
  static async start(options: BridgeOptions = {}): Promise<Bridge> {
    const bridge = await Bridge.create(options);
    bridge.launch();
    await bridge.untilListening();
    return bridge;
  }

  get pitot(): RunningPitot {
    return this.#pitot!;
  }

  /** Starts or restarts the process without waiting for its ports. */
  launch(): void {
    this.#pitot = startPitot([`--config=${this.#config}`], this.#env);
  }

  async untilListening(): Promise<void> {
    const { http, grpc, page } = this.ports;
    await untilListening(this.pitot, [page, grpc, http]);
  }

  /** Stops the process. @returns the exit status, or null if the signal killed the process */
  async stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.pitot.stop(signal);
  }

  /** Scrapes as Prometheus does. */
  scrape(headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.ports.page, { path: '/metrics', headers: { ...scraperHeaders, ...headers } });
  }

  /**
   * Sends SIGHUP, optionally with other settings, and resolves when the configuration is active.
   * @throws Error with the log if the reload fails
   */
  async reload(options?: BridgeOptions): Promise<void> {
    const count = (text: string) => this.pitot.output().toString().split(text).length;
    const ready = 'Everything is ready. Begin running';
    const before = count(ready);
    this.beginReload(options);
    const end = Date.now() + 60_000;
    while (count(ready) === before) {
      if (count('Config reload failed') > 1 || Date.now() > end) {
        throw new Error(`not reloaded: ${this.pitot.output().toString().slice(-2000)}`);
      }
      await after(20);
    }
  }

  /** Sends SIGHUP, optionally with other settings, without waiting for the result. */
  beginReload(options?: BridgeOptions): void {
    if (options) writeFileSync(this.#config, JSON.stringify(this.#configOf(options)));
    this.pitot.process.kill('SIGHUP');
  }

  #configOf({ prometheus, processors = {}, fileStorage, hasOwnMetrics = false }: BridgeOptions): object {
    const local = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
    const extensions = fileStorage ? { file_storage: { directory: this.#stateDirectory, ...fileStorage } } : {};
    const reader = { pull: { exporter: { prometheus: { host: '127.0.0.1', port: this.ports.own } } } };
    const pipeline = { receivers: ['otlp'], processors: Object.keys(processors), exporters: ['prometheus'] };
    return {
      extensions,
      receivers: { otlp: { protocols: { http: local(this.ports.http), grpc: local(this.ports.grpc) } } },
      processors,
      exporters: { prometheus: { ...local(this.ports.page), ...prometheus } },
      service: {
        extensions: Object.keys(extensions),
        telemetry: { metrics: hasOwnMetrics ? { readers: [reader] } : { level: 'none' } },
        pipelines: { metrics: pipeline },
      },
    };
  }
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Answer, ask } from './http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from './pitot.ts';

export interface BridgeOptions {
  /** Settings of the prometheus exporter besides its endpoint. */
  readonly prometheus?: object;
  /** Components between, by id, with their settings. */
  readonly processors?: Readonly<Record<string, object>>;
  /** Settings of a file_storage extension, which has a directory of its own; without them there is none. */
  readonly fileStorage?: object;
  /** Serve pitot's own metrics, on `ports.own`. */
  readonly hasOwnMetrics?: boolean;
}

/** The settings that make the recordings' counters right. */
export const accumulation = {
  enabled: true,
  process_attributes: ['service.instance.id'],
  zero_first: false,
} as const;

/** A pitot from OTLP over HTTP and gRPC to a page; its ports and its storage stay the same when it is started again. */
export class Bridge {
  readonly ports: Readonly<Record<'http' | 'grpc' | 'page' | 'own', number>>;
  readonly #config: string;
  readonly #stateDirectory = mkdtempSync(join(tmpdir(), 'pitot-state-'));
  #pitot: RunningPitot | undefined;

  private constructor(ports: readonly number[], options: BridgeOptions) {
    const [http, grpc, page, own] = ports as [number, number, number, number];
    this.ports = { http, grpc, page, own };
    this.#config = configFile(this.#configOf(options));
  }

  /** Not started yet. */
  static async create(options: BridgeOptions = {}): Promise<Bridge> {
    return new Bridge(await freePorts(4), options);
  }

  /** Resolves when every port accepts connections. */
  static async start(options: BridgeOptions = {}): Promise<Bridge> {
    const bridge = await Bridge.create(options);
    bridge.launch();
    await bridge.untilListening();
    return bridge;
  }

  get pitot(): RunningPitot {
    return this.#pitot!;
  }

  /** Starts the process (again), and does not wait for it. */
  launch(): void {
    this.#pitot = startPitot([`--config=${this.#config}`]);
  }

  async untilListening(): Promise<void> {
    const { http, grpc, page } = this.ports;
    await untilListening(this.pitot, [page, grpc, http]);
  }

  /** @returns the exit code, null when the signal ended the process */
  async stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.pitot.stop(signal);
  }

  scrape(headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.ports.page, { path: '/metrics', headers });
  }

  /**
   * Sends SIGHUP, with other settings if given, and resolves when the configuration is in force again.
   * @throws Error with the log when it was refused
   */
  async reload(options?: BridgeOptions): Promise<void> {
    if (options) writeFileSync(this.#config, JSON.stringify(this.#configOf(options)));
    const count = (text: string) => this.pitot.output().toString().split(text).length;
    const ready = 'Everything is ready. Begin running';
    const before = count(ready);
    this.pitot.process.kill('SIGHUP');
    const end = Date.now() + 60_000;
    while (count(ready) === before) {
      if (count('Config reload failed') > 1 || Date.now() > end) {
        throw new Error(`not reloaded: ${this.pitot.output().toString().slice(-2000)}`);
      }
      await after(20);
    }
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

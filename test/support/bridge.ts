import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, ask } from './http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from './pitot.ts';

export interface BridgeOptions {
  /** Settings of the prometheus exporter besides its endpoint. */
  readonly prometheus?: object;
  /** Settings of a file_storage extension, which has a directory of its own; without them there is none. */
  readonly fileStorage?: object;
}

/** The settings that make the recordings' counters right. */
export const accumulation = {
  enabled: true,
  process_attributes: ['service.instance.id'],
  zero_first: false,
} as const;

/** A pitot from OTLP over HTTP and gRPC to a page; its ports and its storage stay the same when it is started again. */
export class Bridge {
  readonly ports: { readonly http: number; readonly grpc: number; readonly page: number };
  readonly #arguments: readonly string[];
  #pitot: RunningPitot | undefined;

  private constructor(ports: readonly number[], { prometheus, fileStorage }: BridgeOptions) {
    const [http, grpc, page] = ports as [number, number, number];
    this.ports = { http, grpc, page };
    const local = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
    const extensions = fileStorage && {
      file_storage: { directory: mkdtempSync(join(tmpdir(), 'pitot-state-')), ...fileStorage },
    };
    const config = {
      extensions: extensions ?? {},
      receivers: { otlp: { protocols: { http: local(http), grpc: local(grpc) } } },
      exporters: { prometheus: { ...local(page), ...prometheus } },
      service: {
        extensions: Object.keys(extensions ?? {}),
        telemetry: { metrics: { level: 'none' } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    };
    this.#arguments = [`--config=${configFile(config)}`];
  }

  /** Not started yet. */
  static async create(options: BridgeOptions = {}): Promise<Bridge> {
    return new Bridge(await freePorts(3), options);
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
    this.#pitot = startPitot(this.#arguments);
  }

  async untilListening(): Promise<void> {
    await untilListening(this.pitot, Object.values(this.ports));
  }

  /** @returns the exit code, null when the signal ended the process */
  async stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.pitot.stop(signal);
  }

  scrape(headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.ports.page, { path: '/metrics', headers });
  }
}

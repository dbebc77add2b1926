import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { grpcCall, grpcFrame } from './grpc.ts';
import { ask } from './http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from './pitot.ts';
import type { RecordedRequest } from './recording.ts';
import { readTextExposition, type TextSample } from './text-exposition.ts';

/** A ring that is no longer effective. `until`: RFC 3339. */
export interface EarlierRing {
  readonly hostnames: readonly string[];
  readonly until: string;
}

export interface ShardedPitotOptions {
  /** Whether new counters are 0 until they have been scraped. Default: false. */
  readonly zeroFirst?: boolean;
  /** Protocols of the clients: HTTP, or both at random, which is the default. */
  readonly clients?: 'http' | 'any';
  /** `remote_write` of a pod's prometheus exporter, whenever it is configured. Undefined for none. */
  readonly remoteWrite?: (pod: number) => object | undefined;
  /** Extensions in addition to file_storage, by ID. */
  readonly extensions?: Readonly<Record<string, object>>;
  /** Maximum number of points that wait for one owner. */
  readonly queueSize?: number;
}

interface Pod {
  readonly ports: { readonly http: number; readonly grpc: number; readonly owner: number; readonly metrics: number };
  readonly config: string;
  readonly state: string;
  pitot: RunningPitot | undefined;
  /** Whether clients choose the pod, as a Service does with ready pods. */
  isReady: boolean;
}

/** Several pitot processes that share the series, configured as the chart configures its pods. */
export class ShardedPitot {
  readonly #random: () => number;
  readonly #options: ShardedPitotOptions;
  readonly pods: Pod[] = [];
  /** Answers that told a client to send again. */
  refused = 0;

  /** @param random returns numbers from 0 to 1; selects the pod and the protocol for each request */
  constructor(random: () => number, options: ShardedPitotOptions = {}) {
    this.#random = random;
    this.#options = options;
  }

  get hostnames(): string[] {
    return this.pods.map(({ ports }) => `127.0.0.1:${ports.owner}`);
  }

  /** Creates pods without starting them. */
  async create(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const [http, grpc, owner, metrics] = (await freePorts(4)) as [number, number, number, number];
      const state = mkdtempSync(join(tmpdir(), 'pitot-shard-'));
      this.pods.push({
        ports: { http, grpc, owner, metrics },
        config: configFile({}),
        state,
        pitot: undefined,
        isReady: false,
      });
    }
  }

  /** Writes the configuration of all pods, which is valid from their next start. */
  configure(previous: readonly EarlierRing[], hostnames = this.hostnames): void {
    const { remoteWrite, ...options } = this.#options;
    for (const [index, pod] of this.pods.entries()) {
      const section = remoteWrite?.(index);
      const push = section && { remote_write: section };
      writeFileSync(pod.config, JSON.stringify(configOf(pod, { ...options, hostnames, previous, push })));
    }
  }

  async start(...pods: readonly number[]): Promise<void> {
    const started = pods.map((index) => this.pods[index]!);
    for (const pod of started) pod.pitot = startPitot([`--config=${pod.config}`]);
    for (const pod of started) {
      await untilListening(pod.pitot!, Object.values(pod.ports));
      pod.isReady = true;
    }
  }

  /** Ends a pod as Kubernetes does: clients choose others first, and its requests end. */
  async stop(index: number): Promise<void> {
    const pod = this.pods[index]!;
    pod.isReady = false;
    while (this.#inFlightOf.has(pod)) await after(20);
    await pod.pitot?.stop();
    pod.pitot = undefined;
  }

  /** Restarts pods one after the other, as a rolling update does. */
  async roll(...indexes: readonly number[]): Promise<void> {
    for (const index of indexes) {
      await this.stop(index);
      await this.start(index);
    }
  }

  /** Ends a pod with kill -9. */
  async kill(index: number): Promise<void> {
    const pod = this.pods[index]!;
    await pod.pitot?.stop('SIGKILL');
    pod.isReady = false;
    pod.pitot = undefined;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.pods.map(({ pitot }) => pitot?.stop('SIGKILL')));
  }

  readonly #inFlightOf = new Map<Pod, number>();

  /** Delivers requests to pods chosen at random, until each is acknowledged. */
  async deliver(requests: readonly RecordedRequest[], connections = 4): Promise<void> {
    const queue = requests[Symbol.iterator]();
    const work = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await this.#deliverOne(next.value);
    };
    await Promise.all(Array.from({ length: connections }, work));
  }

  /** Samples of the running pods, or of one. */
  async samples(only?: number): Promise<TextSample[]> {
    const pages = await Promise.all(
      this.pods
        .filter(({ pitot }, index) => pitot && (only ?? index) === index)
        .map(({ ports }) =>
          ask(ports.metrics, { path: '/metrics', headers: { 'x-prometheus-scrape-timeout-seconds': '10' } }),
        ),
    );
    return pages.flatMap(({ body }) => readTextExposition(body));
  }

  async #deliverOne({ path, headers, body }: RecordedRequest): Promise<void> {
    const end = Date.now() + 90_000;
    for (;;) {
      const ready = this.pods.filter(({ isReady }) => isReady);
      const pod = ready[Math.floor(this.#random() * ready.length)];
      if (pod && (await this.#attempt(pod, { path, headers, body }))) return;
      if (Date.now() > end)
        throw new Error(`not delivered: ${this.pods.map(({ pitot }) => pitot?.output()).join('\n')}`);
      await after(10);
    }
  }

  async #attempt(pod: Pod, { path, headers, body }: Omit<RecordedRequest, 'atSeconds'>): Promise<boolean> {
    this.#count(pod, 1);
    try {
      const sent = { ...headers, 'content-length': String(body.length) };
      if (this.#options.clients !== 'http' && this.#random() < 0.5) {
        const { code, words } = await grpcCall(pod.ports.grpc, { body: grpcFrame(body) });
        if (code === 0) return true;
        if (code !== -1 && code !== unavailable) throw new TypeError(`code ${code}: ${words}`);
        if (code === unavailable) this.refused += 1;
        return false;
      }
      const answer = await ask(pod.ports.http, { method: 'POST', path, headers: sent, body });
      if (answer.status === 200) return true;
      if (answer.status !== 503) throw new TypeError(`status ${answer.status}: ${answer.body}`);
      this.refused += 1;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      // The connection was refused or cut.
    } finally {
      this.#count(pod, -1);
    }
    return false;
  }

  #count(pod: Pod, by: 1 | -1): void {
    const count = (this.#inFlightOf.get(pod) ?? 0) + by;
    if (count === 0) this.#inFlightOf.delete(pod);
    else this.#inFlightOf.set(pod, count);
  }
}

/** Status code of gRPC: send again later. */
const unavailable = 14;

interface PodOptions extends Omit<ShardedPitotOptions, 'remoteWrite'> {
  readonly push: object | undefined;
  readonly hostnames: readonly string[];
  readonly previous: readonly EarlierRing[];
}

function configOf({ ports, state }: Pod, options: PodOptions): object {
  const { hostnames, previous, zeroFirst = false, queueSize, push, extensions = {} } = options;
  const local = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const self = `127.0.0.1:${ports.owner}`;
  const queue = { storage: 'file_storage', ...(queueSize && { sizer: 'items', queue_size: queueSize }) };
  return {
    extensions: { file_storage: { directory: state }, ...extensions },
    receivers: {
      otlp: { protocols: { http: local(ports.http), grpc: local(ports.grpc) } },
      'otlp/owner': { protocols: { grpc: local(ports.owner) } },
    },
    exporters: {
      load_balancing: {
        routing_key: 'series',
        protocol: {
          otlp: {
            tls: { insecure: true },
            sending_queue: queue,
            retry_on_failure: { initial_interval: '100ms', max_interval: '500ms', max_elapsed_time: 0 },
          },
        },
        resolver: { static: { hostnames, previous } },
      },
      prometheus: {
        ...local(ports.metrics),
        ...push,
        accumulation: {
          enabled: true,
          storage: 'file_storage',
          zero_first: zeroFirst,
          ring: { self, hostnames, previous },
        },
      },
    },
    service: {
      extensions: ['file_storage', ...Object.keys(extensions)],
      telemetry: { metrics: { level: 'none' } },
      pipelines: {
        metrics: { receivers: ['otlp'], exporters: ['load_balancing'] },
        'metrics/owner': { receivers: ['otlp/owner'], exporters: ['prometheus'] },
      },
    },
  };
}

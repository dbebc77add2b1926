import { setTimeout as after } from 'node:timers/promises';
import type { ComponentSettings, Host } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import type { Attempt } from '#exporterhelper/send.ts';
import { OtlpGrpcSender } from '#otlp-client/otlp-grpc-sender.ts';
import { HashRing } from '#sharding/hash-ring.ts';
import { type PreviousRing, RingHistory } from '#sharding/ring-history.ts';
import { KnownEndpoints } from './known-endpoints.ts';
import type { OtlpBackendConfig } from './otlp-config.ts';

/** Divides data by the owner of each item. */
export type Split<S extends Signal> = (data: SignalData[S], rings: RingHistory) => Map<string, SignalData[S]>;

/** Settings and dependencies of {@link LoadBalancer}. */
export interface LoadBalancerOptions<S extends Signal> {
  readonly signal: S;
  readonly config: OtlpBackendConfig;
  readonly settings: ComponentSettings;
  readonly previous: readonly PreviousRing[];
  readonly split: Split<S>;
  /** Called with the result of each attempt, and its time in milliseconds. */
  readonly onAttempt: (endpoint: string, success: boolean, durationMs: number) => void;
}

/** An endpoint with its own queue and retries. */
interface Backend<S extends Signal> {
  readonly endpoint: string;
  readonly sender: OtlpGrpcSender<S>;
  readonly helper: ExporterHelper<S>;
}

/**
 * The endpoints, each with a queue. Data waits in the queue of its owner while the owner is away. When the ring changes, data that waits and
 * has another owner now moves there before it is sent.
 */
export class LoadBalancer<S extends Signal> {
  readonly #options: LoadBalancerOptions<S>;
  readonly #backends = new Map<string, Backend<S>>();
  /** Endpoints that left the ring, until their queues are empty. */
  readonly #retiring = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #known: KnownEndpoints | undefined;
  #rings = new RingHistory([], []);
  #host: Host | undefined;
  /** Whether data in queues can have another owner now. */
  #hasChanged = false;
  /** What remains of data whose other parts have moved. */
  readonly #remaining = new WeakMap<object, SignalData[S]>();

  constructor(options: LoadBalancerOptions<S>) {
    this.#options = options;
  }

  get endpoints(): readonly string[] {
    return this.#rings.current.endpoints;
  }

  /** @throws Error if there is no such storage */
  start(host: Host): void {
    const { config, settings, signal } = this.#options;
    this.#host = host;
    this.#known = new KnownEndpoints(config.sendingQueue?.storage ?? '', host, { settings, signal });
  }

  /** Sets the endpoints. Returns whether they have changed. */
  async update(endpoints: readonly string[]): Promise<boolean> {
    if (this.#rings.current.hasSameEndpoints(endpoints)) return false;
    const isFirst = this.#rings.current.endpoints.length === 0;
    const rings = new RingHistory(endpoints, this.#options.previous);
    const left = isFirst ? (this.#known?.read() ?? []) : [];
    // A queue on disk can be older than the ring.
    this.#hasChanged ||= !isFirst || (left.length > 0 && !new HashRing(left).hasSameEndpoints([...rings.endpoints]));
    await this.#known?.write(
      new Set([...rings.endpoints, ...left, ...this.#backends.keys(), ...this.#retiring.keys()]),
    );
    for (const endpoint of rings.endpoints) {
      if (!this.#backends.has(endpoint)) this.#backends.set(endpoint, await this.#open(endpoint));
    }
    this.#rings = rings;
    for (const [endpoint, backend] of this.#backends) {
      if (rings.endpoints.has(endpoint)) continue;
      this.#backends.delete(endpoint);
      this.#retire(backend);
    }
    for (const endpoint of left) if (!rings.endpoints.has(endpoint)) this.#retire(await this.#open(endpoint));
    return true;
  }

  /** Adds data to the queues of its owners. Resolves when all have accepted it. */
  async consume(data: SignalData[S], context: ClientContext): Promise<void> {
    await this.#offer(this.#split(data), context);
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    if (this.#known?.isPersisted) await this.#deliverWaiting(deadline);
    this.#stopping.abort();
    const closing = [...this.#backends.values()].map((backend) => this.#close(backend, deadline));
    await Promise.all([...closing, ...this.#retiring.values()]);
    this.#backends.clear();
  }

  /**
   * Sends what waits on disk, as long as owners take it: if this process does not come back, nobody else has it. Data of an owner that is
   * away stays on disk.
   */
  async #deliverWaiting(deadline: AbortSignal): Promise<void> {
    const size = () =>
      [...this.#backends.values()].reduce((sum, { helper }) => sum + (helper.queueView()?.size ?? 0), 0);
    let waiting = size();
    for (let standstill = 0; waiting > 0 && standstill < maxStandstillPolls && !deadline.aborted; standstill++) {
      await after(drainPollMs, undefined, { signal: deadline }).catch(() => {});
      const left = size();
      if (left < waiting) standstill = 0;
      waiting = left;
    }
  }

  /** Moves the queue of an endpoint to the new owners, and closes it. */
  #retire(backend: Backend<S>): void {
    const retired = this.#drained(backend).finally(() => this.#retiring.delete(backend.endpoint));
    this.#retiring.set(backend.endpoint, retired);
  }

  async #drained(backend: Backend<S>): Promise<void> {
    const { signal } = this.#stopping;
    if (this.#known?.isPersisted) {
      // A shutdown leaves a queue on disk as it is.
      while (!signal.aborted && (backend.helper.queueView()?.size ?? 0) > 0) {
        await after(drainPollMs, undefined, { signal }).catch(() => {});
      }
    }
    await this.#close(backend, new AbortController().signal);
    if (!signal.aborted) await this.#forget(backend.endpoint);
  }

  async #forget(endpoint: string): Promise<void> {
    const others = [...this.#retiring.keys()].filter((one) => one !== endpoint);
    await this.#known?.write(new Set([...this.#backends.keys(), ...others]));
  }

  #split(data: SignalData[S]): Map<string, SignalData[S]> {
    if (this.#rings.current.endpoints.length === 0) {
      throw new RetryableError('the resolver has found no endpoints yet', { retryAfterSeconds: 1 });
    }
    return this.#options.split(data, this.#rings);
  }

  async #offer(parts: ReadonlyMap<string, SignalData[S]>, context: ClientContext): Promise<void> {
    const offers = [...parts].map(async ([endpoint, part]) => {
      const backend = this.#backends.get(endpoint);
      if (!backend) throw new RetryableError(`there is no connection to ${endpoint}`);
      await backend.helper.consume(part, context);
    });
    const refused = (await Promise.allSettled(offers)).find((offer) => offer.status === 'rejected');
    if (refused) throw refused.reason;
  }

  async #open(endpoint: string): Promise<Backend<S>> {
    const { signal, config, settings } = this.#options;
    const sender = new OtlpGrpcSender(signal, { ...config, endpoint: withPort(endpoint) }, settings);
    const id = `${settings.id}/${endpoint}`;
    const helper: ExporterHelper<S> = new ExporterHelper({
      signal,
      settings: { ...settings, id },
      queue: config.sendingQueue,
      retry: config.retryOnFailure,
      send: (data, attempt) => this.#send(endpoint, sender, data, attempt),
    });
    await sender.start(this.#host!);
    await helper.start(this.#host!);
    return { endpoint, sender, helper };
  }

  async #close({ helper, sender }: Backend<S>, deadline: AbortSignal): Promise<void> {
    await helper.shutdown(deadline);
    sender.close();
  }

  async #send(endpoint: string, sender: OtlpGrpcSender<S>, data: SignalData[S], attempt: Attempt): Promise<void> {
    const own = this.#hasChanged ? await this.#moveOthers(endpoint, data) : data;
    if (own === undefined) return;
    const { clock } = this.#options.settings;
    const startedMs = clock.monotonic();
    const report = (success: boolean) => this.#options.onAttempt(endpoint, success, clock.monotonic() - startedMs);
    try {
      await sender.send(own, { ...attempt, timeoutMs: this.#options.config.timeout });
    } catch (error) {
      report(false);
      throw error;
    }
    report(true);
  }

  /** Moves what has another owner now to that owner's queue. Returns the rest; undefined if there is none. */
  async #moveOthers(endpoint: string, data: SignalData[S]): Promise<SignalData[S] | undefined> {
    const left = this.#remaining.get(data) ?? data;
    const parts = this.#split(left);
    const own = parts.get(endpoint);
    parts.delete(endpoint);
    if (parts.size === 0) return own;
    await this.#offer(parts, noClientContext);
    if (own !== undefined) this.#remaining.set(data, own);
    return own;
  }
}

const defaultPort = 4317;
/** Time between two looks at a queue that is being emptied, ms. */
const drainPollMs = 20;
/** Looks without progress after which a shutdown leaves the data on disk. */
const maxStandstillPolls = 25;

function withPort(endpoint: string): string {
  return endpoint.includes(':') ? endpoint : `${endpoint}:${defaultPort}`;
}

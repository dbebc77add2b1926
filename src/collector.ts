import type { Clock, Logger } from '#component/component.ts';
import { ConfigError } from '#config/config-error.ts';
import { type Factories, type LoadedConfig, loadConfig } from '#config/load-config.ts';
import type { RawMap } from '#config/raw-value.ts';
import { type ResolveOptions, resolveConfig } from '#config/resolve-config.ts';
import { requireValid } from '#config/validate-whole.ts';
import { graphFor, planFor, remarksOn } from '#service/build.ts';
import { ReplaceError, Service } from '#service/service.ts';
import { noMetrics } from '#telemetry/own-metrics.ts';
import type { BuildInfo } from './build-info.ts';

/** Settings and dependencies of {@link Collector}. */
export interface CollectorOptions {
  readonly build: BuildInfo;
  /** Returns the factories for a configuration. */
  readonly factories: (raw: RawMap) => Promise<Factories>;
  readonly source: ResolveOptions;
  readonly clock: Clock;
  /** Maximum duration of a shutdown in milliseconds. Remaining connections are then closed. */
  readonly shutdownTimeoutMs: number;
}

/** The system's clocks. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Loads the configuration, builds, starts, reloads, and shuts down. An instance runs once; its owner decides when the process exits. */
export class Collector {
  readonly #options: CollectorOptions;
  #service: Service | undefined;
  /** Runs reloads and the shutdown one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #endWith!: (error: Error) => void;
  /** Rejects when the collector cannot continue; the owner then shuts it down. */
  readonly failed: Promise<never>;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.failed = new Promise<never>((_, reject) => {
      this.#endWith = reject;
    });
    // Prevents an unhandled rejection if the owner attaches its handler later.
    this.failed.catch(() => undefined);
  }

  /** The log. Undefined before the start. */
  get log(): Logger | undefined {
    return this.#service?.telemetry.log.root;
  }

  /** @throws Error with a message for the user */
  async start(): Promise<void> {
    const { build, clock } = this.#options;
    const loaded = await this.#load();
    this.#service = new Service(loaded, {
      build,
      clock,
      loadAgain: () => this.#load(),
      onFatal: (error) => {
        this.log?.error('Asynchronous error received, terminating process', { error });
        this.#endWith(error);
      },
    });
    try {
      await this.#service.start();
    } catch (error) {
      await this.#service.shutdown(this.#deadline());
      throw error;
    }
  }

  /** Reads the configuration again. If it is invalid, logs the error and keeps the previous one. Never rejects. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const service = this.#service;
      if (!service) return;
      const log = service.telemetry.log.root;
      try {
        const loaded = await this.#load();
        log.warn('Config updated, restart service');
        await service.replace(loaded, () => this.#deadline());
        log.info('Everything is ready. Begin running and processing data.');
      } catch (error) {
        const { cause = error } = error as Error;
        const hints = cause instanceof ConfigError && cause.hints.length > 0 ? { hints: cause.hints } : {};
        service.history.add('reload_failed', (error as Error).message);
        log.error('Config reload failed; continuing with the previous configuration', { error, ...hints });
        if (error instanceof ReplaceError && !error.restored) this.#endWith(error);
      }
    });
  }

  /** Stops intake, flushes accepted data, and releases everything. Never rejects. */
  shutdown(): Promise<void> {
    return this.#inTurn(async () => {
      const service = this.#service;
      this.#service = undefined;
      await service?.shutdown(this.#deadline());
    });
  }

  /** Logs and counts an error that no handler caught; the collector continues. */
  reportFault(error: unknown): void {
    const telemetry = this.#service?.telemetry;
    const fields = error instanceof Error ? { error, stack: error.stack } : { error: String(error) };
    telemetry?.log.root.error('Unhandled error', fields);
    telemetry?.metrics.counter('pitot_unhandled_errors_total', 'Total number of unhandled errors.').add(1);
  }

  /**
   * Loads, checks, and builds a configuration, and discards the result (`validate`).
   * @returns one line for each part of the configuration that pitot ignores
   * @throws Error with a message for the user
   */
  async validate(): Promise<string[]> {
    const loaded = await loadFrom(this.#options);
    requireValid(loaded);
    const silent: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      print: () => undefined,
      isEnabled: () => false,
    };
    const plan = planFor(loaded);
    const tools = { metrics: noMetrics, clock: this.#options.clock, logger: () => silent };
    graphFor({ loaded, plan }, tools);
    return remarksOn(loaded, plan);
  }

  async #load(): Promise<LoadedConfig> {
    const loaded = await loadFrom(this.#options);
    requireValid(loaded, 'invalid configuration: ');
    return loaded;
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#options.shutdownTimeoutMs);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done;
    return done;
  }
}

/**
 * Reads a configuration and decodes it without checking it.
 * @throws ConfigError
 */
export async function loadFrom({
  source,
  factories,
}: Pick<CollectorOptions, 'source' | 'factories'>): Promise<LoadedConfig> {
  const resolved = await resolveConfig(source);
  return loadConfig(resolved, await factories(resolved.raw));
}

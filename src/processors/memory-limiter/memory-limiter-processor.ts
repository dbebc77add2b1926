import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { type Signal, type SignalData, type SignalItems, signalItems } from '#component/signals.ts';
import { inFlight } from '#flow/in-flight.ts';
import type { MemoryLimiterConfig } from './config.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { processMemory } from './process-memory.ts';

/** `Retry-After` of refused requests, seconds. */
const retryAfterSeconds = 5;

/** One limiter per configured ID. Pipelines with the same ID share the configuration object. */
const limiters = new WeakMap<MemoryLimiterConfig, MemoryLimiter>();

function limiterOf(config: MemoryLimiterConfig, { logger, clock }: ComponentSettings): MemoryLimiter {
  const known = limiters.get(config);
  if (known) return known;
  const limiter = new MemoryLimiter(config, { logger, clock, memory: processMemory, inFlight });
  limiters.set(config, limiter);
  return limiter;
}

/**
 * Refuses data while the process is short of memory, and clients retry. The health check reports the shortage, so that
 * another pod, if there is one, receives the requests.
 */
export class MemoryLimiterProcessor<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #limiter: MemoryLimiter;
  readonly #settings: ComponentSettings;
  readonly #items: SignalItems<SignalData[S]>;
  readonly #next: Consumer<SignalData[S]>;
  #accepted: { add(value: number): void } | undefined;
  #isStarted = false;

  constructor(
    config: MemoryLimiterConfig,
    settings: ComponentSettings,
    { signal, next }: { readonly signal: S; readonly next: Consumer<SignalData[S]> },
  ) {
    this.#limiter = limiterOf(config, settings);
    this.#settings = settings;
    this.#items = signalItems[signal] as SignalItems<SignalData[S]>;
    this.#next = next;
  }

  async start(host: Host): Promise<void> {
    this.#isStarted = true;
    this.#limiter.start((problem) => host.reportStatus?.(this.#settings.id, problem));
  }

  async shutdown(): Promise<void> {
    if (this.#isStarted) this.#limiter.stop();
    this.#isStarted = false;
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    const items = this.#items.count(data);
    if (this.#limiter.mustRefuse) {
      this.#counter('refused').add(items);
      return Promise.reject(new RetryableError('data refused due to high memory usage', { retryAfterSeconds }));
    }
    this.#accepted ??= this.#counter('accepted');
    this.#accepted.add(items);
    this.#limiter.passed(items);
    return this.#next.consume(data, context);
  }

  #counter(outcome: 'accepted' | 'refused'): { add(value: number): void } {
    const { id, metrics } = this.#settings;
    const { name, words } = this.#items;
    // Same text as the Collector.
    const help = {
      accepted: `Number of ${words} successfully pushed into the next component in the pipeline. [Alpha]`,
      refused: `Number of ${words} that were rejected by the next component in the pipeline. [Alpha]`,
    };
    return metrics.counter(`otelcol_processor_memory_limiter_${outcome}_${name}`, help[outcome], { processor: id });
  }
}

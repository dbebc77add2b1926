import type { Component, ComponentSettings, Signal } from '#component/component.ts';
import type { ClientContext, LogsConsumer, MetricsConsumer, TracesConsumer } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import type { MemoryLimiterConfig } from './config.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { processMemory } from './process-memory.ts';

/** How own metrics name the items of a signal, and their help. */
const itemNames = {
  metrics: ['metric_points', 'metric points'],
  traces: ['spans', 'spans'],
  logs: ['log_records', 'log records'],
} as const satisfies Record<Signal, readonly [string, string]>;

/** One limiter for each configured id: its pipelines hand in the same configuration object. */
const limiters = new WeakMap<MemoryLimiterConfig, MemoryLimiter>();

function limiterOf(config: MemoryLimiterConfig, { logger, clock }: ComponentSettings): MemoryLimiter {
  const known = limiters.get(config);
  if (known) return known;
  const limiter = new MemoryLimiter(config, { logger, clock, memory: processMemory });
  limiters.set(config, limiter);
  return limiter;
}

/** Refuses data while the process has too little memory left; senders are told to try again. */
class MemoryLimiterProcessor implements Component {
  readonly #limiter: MemoryLimiter;
  readonly #settings: ComponentSettings;
  readonly #signal: Signal;
  #accepted: { add(value: number): void } | undefined;
  #isStarted = false;

  constructor(config: MemoryLimiterConfig, settings: ComponentSettings, signal: Signal) {
    this.#limiter = limiterOf(config, settings);
    this.#settings = settings;
    this.#signal = signal;
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    this.#limiter.start();
  }

  async shutdown(): Promise<void> {
    if (this.#isStarted) this.#limiter.stop();
    this.#isStarted = false;
  }

  /** The refusal of a request of `items`, or nothing when it may pass. */
  protected refusal(items: number): Promise<void> | undefined {
    if (this.#limiter.mustRefuse) {
      this.#counter('refused').add(items);
      return Promise.reject(new RetryableError('data refused due to high memory usage'));
    }
    this.#accepted ??= this.#counter('accepted');
    this.#accepted.add(items);
    this.#limiter.passed(items);
    return undefined;
  }

  #counter(outcome: 'accepted' | 'refused'): { add(value: number): void } {
    const { id, metrics } = this.#settings;
    const [name, words] = itemNames[this.#signal];
    const help = {
      accepted: `Number of ${words} successfully pushed into the next component in the pipeline. [Alpha]`,
      refused: `Number of ${words} that were rejected by the next component in the pipeline. [Alpha]`,
    };
    return metrics.counter(`otelcol_processor_memory_limiter_${outcome}_${name}`, help[outcome], { processor: id });
  }
}

export class MetricsMemoryLimiter extends MemoryLimiterProcessor implements MetricsConsumer {
  readonly #next: MetricsConsumer;

  constructor(config: MemoryLimiterConfig, settings: ComponentSettings, next: MetricsConsumer) {
    super(config, settings, 'metrics');
    this.#next = next;
  }

  consumeMetrics(metrics: Metrics, context: ClientContext): Promise<void> | undefined {
    return this.refusal(metrics.dataPointCount) ?? this.#next.consumeMetrics(metrics, context);
  }
}

export class TracesMemoryLimiter extends MemoryLimiterProcessor implements TracesConsumer {
  readonly #next: TracesConsumer;

  constructor(config: MemoryLimiterConfig, settings: ComponentSettings, next: TracesConsumer) {
    super(config, settings, 'traces');
    this.#next = next;
  }

  consumeTraces(traces: Traces, context: ClientContext): Promise<void> | undefined {
    return this.refusal(traces.spanCount) ?? this.#next.consumeTraces(traces, context);
  }
}

export class LogsMemoryLimiter extends MemoryLimiterProcessor implements LogsConsumer {
  readonly #next: LogsConsumer;

  constructor(config: MemoryLimiterConfig, settings: ComponentSettings, next: LogsConsumer) {
    super(config, settings, 'logs');
    this.#next = next;
  }

  consumeLogs(logs: Logs, context: ClientContext): Promise<void> | undefined {
    return this.refusal(logs.logRecordCount) ?? this.#next.consumeLogs(logs, context);
  }
}

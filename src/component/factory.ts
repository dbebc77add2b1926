import type { ZodType } from 'zod';
import type { Component, ComponentSettings } from './component.ts';
import type { LogsConsumer, MetricsConsumer, TracesConsumer } from './consumer.ts';

/** `Stable`, `Beta` …, as `components` lists it. */
type Stability = 'Development' | 'Alpha' | 'Beta' | 'Stable' | 'Deprecated';

interface Factory<Config> {
  /** The component type as written in the configuration, e.g. `otlp` or `memory_limiter`. */
  readonly type: string;
  /** Deprecated spellings that are accepted with a warning. */
  readonly aliases?: readonly string[];
  /** Names that later releases of the collector gave to it; accepted without a word. */
  readonly laterNames?: readonly string[];
  readonly stability: Stability;
  /**
   * The collector's component of this type changes the data that it is given. Ours never does; it is said because of the
   * order in a fan-out, where the collector calls such components first.
   */
  readonly mutatesData?: boolean;
  /** Strict schema of the component's configuration, with defaults; see config/schema.ts. */
  readonly configSchema: ZodType<Config>;
}

/** The next stages of a receiver; a signal without a pipeline is absent. */
export interface ReceiverConsumers {
  readonly metrics?: MetricsConsumer;
  readonly traces?: TracesConsumer;
  readonly logs?: LogsConsumer;
}

/** One receiver instance serves all pipelines that name its id, for all signals. */
export interface ReceiverFactory<Config = unknown> extends Factory<Config> {
  readonly signals: readonly ('metrics' | 'traces' | 'logs')[];
  create(config: Config, settings: ComponentSettings, next: ReceiverConsumers): Component;
}

/** One processor instance for each pipeline. A missing method: the signal is not supported. */
export interface ProcessorFactory<Config = unknown> extends Factory<Config> {
  /** The collector counts what goes into and comes out of processors of this type, in its own metrics. */
  readonly countsItems?: boolean;
  createMetrics?(config: Config, settings: ComponentSettings, next: MetricsConsumer): Component & MetricsConsumer;
  createTraces?(config: Config, settings: ComponentSettings, next: TracesConsumer): Component & TracesConsumer;
  createLogs?(config: Config, settings: ComponentSettings, next: LogsConsumer): Component & LogsConsumer;
}

/** One exporter instance for each id and signal. */
export interface ExporterFactory<Config = unknown> extends Factory<Config> {
  createMetrics?(config: Config, settings: ComponentSettings): Component & MetricsConsumer;
  createTraces?(config: Config, settings: ComponentSettings): Component & TracesConsumer;
  createLogs?(config: Config, settings: ComponentSettings): Component & LogsConsumer;
}

export interface ExtensionFactory<Config = unknown> extends Factory<Config> {
  create(config: Config, settings: ComponentSettings): Component;
}

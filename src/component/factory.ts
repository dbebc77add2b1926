import type { ZodType } from 'zod';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import type { Component, ComponentSettings } from './component.ts';
import type { Consumer } from './consumer.ts';
import type { Signal, SignalData } from './signals.ts';

/** `Stable`, `Beta` …, as `components` lists it. */
type Stability = 'Development' | 'Alpha' | 'Beta' | 'Stable' | 'Deprecated';

interface Factory<Config> {
  /** The component type as written in the configuration, e.g. `otlp` or `memory_limiter`. */
  readonly type: string;
  /** Deprecated names that are accepted with a warning. */
  readonly aliases?: readonly string[];
  /** Names of later Collector releases, accepted without a warning. */
  readonly laterNames?: readonly string[];
  readonly stability: Stability;
  /**
   * Whether the Collector's component of this type changes its input. pitot's components never do. The flag decides the order in a
   * fan-out: the Collector calls such components first.
   */
  readonly mutatesData?: boolean;
  /** Strict schema of the component's configuration, with defaults; see config/schema.ts. */
  readonly configSchema: ZodType<Config>;
  /** Returns what a valid configuration asks for that pitot ignores. pitot logs it at startup, and `validate` reports it. */
  remarks?(config: Config): readonly ConfigRemark[];
}

/** A setting that pitot ignores. */
interface ConfigRemark {
  /** The key below the component, such as `detectors`. */
  readonly key: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Consumers by signal; a signal without a pipeline is absent. */
export type ConsumersBySignal = { readonly [S in Signal]?: Consumer<SignalData[S]> };

/** One receiver instance serves all pipelines that name its id, for all signals. */
export interface ReceiverFactory<Config = unknown> extends Factory<Config> {
  readonly signals: readonly Signal[];
  create(config: Config, settings: ComponentSettings, next: ConsumersBySignal): Component;
}

/** One processor instance for each pipeline. A signal that `create` lacks is not supported. */
export interface ProcessorFactory<Config = unknown> extends Factory<Config> {
  /** Whether the Collector counts the items that enter and leave processors of this type. */
  readonly countsItems?: boolean;
  readonly create: {
    metrics?(config: Config, settings: ComponentSettings, next: Consumer<Metrics>): Component & Consumer<Metrics>;
    traces?(config: Config, settings: ComponentSettings, next: Consumer<Traces>): Component & Consumer<Traces>;
    logs?(config: Config, settings: ComponentSettings, next: Consumer<Logs>): Component & Consumer<Logs>;
  };
}

/** One exporter instance for each id and signal. A signal that `create` lacks is not supported. */
export interface ExporterFactory<Config = unknown> extends Factory<Config> {
  readonly create: {
    metrics?(config: Config, settings: ComponentSettings): Component & Consumer<Metrics>;
    traces?(config: Config, settings: ComponentSettings): Component & Consumer<Traces>;
    logs?(config: Config, settings: ComponentSettings): Component & Consumer<Logs>;
  };
}

/** Creates extensions of one type. */
export interface ExtensionFactory<Config = unknown> extends Factory<Config> {
  create(config: Config, settings: ComponentSettings): Component;
}

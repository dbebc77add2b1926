import type { ComponentViews } from './views/component-views.ts';
import type { ServiceViews } from './views/service-views.ts';

/** `type` or `type/name`, as written in the configuration. */
export type ComponentId = string;

export type ComponentKind = 'receiver' | 'processor' | 'exporter' | 'extension';

/** Milliseconds since the epoch, and a monotonic one for durations. Passed in so that tests need no sleeping. */
export interface Clock {
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
}

/** A logger in the collector's format; a child carries fields that every entry repeats. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** False when an entry of that level would be thrown away, so that building it can be spared. */
  isEnabled(level: LogLevel): boolean;
  /**
   * As `info`, without the caller column: what the debug exporter prints. `message` may span lines and be large.
   * Given as bytes it is written as it is (it must be UTF-8 or what arrived); they are copied, the caller may use them again.
   */
  print(message: string | Uint8Array, fields?: LogFields): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** A counter or gauge of our own telemetry (port 8888). Names are written without the `otelcol_`/`pitot_` rules applied. */
export interface OwnMetrics {
  /** Adds to a counter; created on first use. `name` as on 8888 without suffixes, e.g. `otelcol_receiver_accepted_metric_points`. */
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): { add(value: number): void };
  /** A gauge read at scrape time. Registering the same name and labels again replaces the reader. */
  gauge(name: string, help: string, labels: Readonly<Record<string, string>>, read: () => number): void;
  /** A quantity that goes up and down, such as requests under way; one for each name and labels, whoever asks. */
  upDownCounter(name: string, help: string, labels: Readonly<Record<string, string>>): { add(value: number): void };
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    labels?: Readonly<Record<string, string>>,
  ): { record(value: number): void };
}

/** What code hands to a component when it is created. */
export interface ComponentSettings {
  readonly id: ComponentId;
  readonly logger: Logger;
  readonly metrics: OwnMetrics;
  readonly clock: Clock;
}

/** What a component tells of itself on status pages; cells are plain text that may come from outside. */
export interface StatusTable {
  readonly title: string;
  readonly head: readonly string[];
  /** Rows of as many cells as `head` has. */
  readonly rows: readonly (readonly string[])[];
}

/** The running service as its configuration has it. */
export interface ServiceDescription {
  readonly pipelines: readonly {
    readonly id: string;
    readonly receivers: readonly ComponentId[];
    readonly processors: readonly ComponentId[];
    readonly exporters: readonly ComponentId[];
  }[];
  readonly extensions: readonly ComponentId[];
  /** The components that have something to tell, at this moment. */
  readonly status: readonly {
    readonly kind: ComponentKind;
    readonly id: ComponentId;
    readonly tables: readonly StatusTable[];
  }[];
  readonly featureGates: readonly { readonly id: string; readonly enabled: boolean; readonly description: string }[];
}

/** What a component may ask for while it starts. */
export interface Host {
  /** The started extension of that id, if the service has it. */
  extension(id: ComponentId): Component | undefined;
  /** What the service is made of, for pages that show it; absent where nobody asks (tests). */
  describe?(): ServiceDescription;
  /** What the service and its components offer to those who look; absent in tests. */
  readonly views?: ServiceViews;
  /** Reports that a component cannot go on; the process shuts down and exits with code 1. */
  fatal(error: Error): void;
  /**
   * Reports that a component works no longer as it should although it goes on, such as a disk that is full (`problem`), or
   * that it does again (undefined). Health checks show it.
   */
  reportStatus?(id: ComponentId, problem: Error | undefined): void;
}

/**
 * Something with a life. `start` resolves when ready to serve (a listener is bound) and rejects with an Error whose message
 * is shown to the user. `shutdown` stops intake, flushes, releases; it is safe to call twice or before start, and ends by
 * itself when `deadline` aborts.
 */
export interface Component {
  start(host: Host): Promise<void>;
  shutdown(deadline: AbortSignal): Promise<void>;
  /** What it has to tell on status pages; bounded, asked for at each view. */
  statusTables?(): readonly StatusTable[];
  /** What it offers to those who look: the console, the command line. Safe to call before `start` and after `shutdown`. */
  views?(): ComponentViews;
}

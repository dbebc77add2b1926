import type { ComponentViews } from './views/component-views.ts';
import type { ServiceViews } from './views/service-views.ts';

/** `type` or `type/name`, as written in the configuration. */
export type ComponentId = string;

export type ComponentKind = 'receiver' | 'processor' | 'exporter' | 'extension';

/** Wall clock and monotonic clock. A parameter, so that tests need not sleep. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since an arbitrary start; never decreases. */
  monotonic(): number;
}

/** A logger in the Collector's format. The fields of a child logger appear in each of its entries. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Returns whether entries of `level` are written, so that a caller can avoid building an entry that would be discarded. */
  isEnabled(level: LogLevel): boolean;
  /**
   * Writes an entry at level info without the caller column, for the debug exporter. `message` can contain several
   * lines and be large. Bytes are written unchanged (valid UTF-8 or not) and copied, so that the caller can reuse them.
   */
  print(message: string | Uint8Array, fields?: LogFields): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** pitot's own metrics (port 8888). Each metric keeps up to 10,000 label sets. */
export interface OwnMetrics {
  /** Returns a counter, created on first use. Names of the Collector have no suffix here; names of pitot end in `_total`. */
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): { add(value: number): void };
  /** Registers a gauge that is read at scrape time. The same name and labels again replace the reader. */
  gauge(name: string, help: string, labels: Readonly<Record<string, string>>, read: () => number): void;
  /** Returns an up-down counter, such as the number of requests in flight. The same name and labels return the same one. */
  upDownCounter(name: string, help: string, labels: Readonly<Record<string, string>>): { add(value: number): void };
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    labels?: Readonly<Record<string, string>>,
  ): { record(value: number): void };
}

/** Dependencies passed to a component factory. */
export interface ComponentSettings {
  readonly id: ComponentId;
  readonly logger: Logger;
  readonly metrics: OwnMetrics;
  readonly clock: Clock;
}

/** A table about a component on status pages. Cells are plain text that can come from outside pitot: escape them. */
export interface StatusTable {
  readonly title: string;
  readonly head: readonly string[];
  /** Each row has as many cells as `head`. */
  readonly rows: readonly (readonly string[])[];
}

/** The running service: pipelines, extensions, and status of its components. */
export interface ServiceDescription {
  readonly pipelines: readonly {
    readonly id: string;
    readonly receivers: readonly ComponentId[];
    readonly processors: readonly ComponentId[];
    readonly exporters: readonly ComponentId[];
  }[];
  readonly extensions: readonly ComponentId[];
  /** Components that currently have status tables. */
  readonly status: readonly {
    readonly kind: ComponentKind;
    readonly id: ComponentId;
    readonly tables: readonly StatusTable[];
  }[];
  readonly featureGates: readonly { readonly id: string; readonly enabled: boolean; readonly description: string }[];
}

/** Services available to a component during `start`. */
export interface Host {
  /** Returns the started extension with this ID, or undefined if the service has none. */
  extension(id: ComponentId): Component | undefined;
  /** Describes the service for status pages. Absent in tests. */
  describe?(): ServiceDescription;
  /** Views of the service and its components, for the console and the command line. Absent in tests. */
  readonly views?: ServiceViews;
  /** Reports that a component cannot continue. The process shuts down and exits with status 1. */
  fatal(error: Error): void;
  /**
   * Reports that a running component is degraded, for example because a disk is full; `undefined` reports recovery. Health checks
   * return it.
   */
  reportStatus?(id: ComponentId, problem: Error | undefined): void;
}

/**
 * A part of the service that starts and stops. `start` resolves when the component is ready (its listener is bound) and rejects with an
 * Error whose message the user sees. `shutdown` stops intake, flushes, and releases resources. It may be called twice or before `start`,
 * and returns when `deadline` aborts.
 */
export interface Component {
  start(host: Host): Promise<void>;
  shutdown(deadline: AbortSignal): Promise<void>;
  /** Tables for status pages. They are limited in size and read whenever they are shown. */
  statusTables?(): readonly StatusTable[];
  /** Views for the console and the command line. Safe to call before `start` and after `shutdown`. */
  views?(): ComponentViews;
}

import type { ComponentId, ComponentKind, LogLevel } from '../component.ts';
import type { ComponentViews } from './component-views.ts';

/** What the running service tells to those who look; see component-views.ts. */
export interface ServiceViews {
  /** Components that have views, at this moment. `pipeline`: of processors, which exist once for each pipeline. */
  components(): readonly ViewedComponent[];
  /** Values of one of pitot's own metrics, by its name on port 8888 without suffixes of the exposition; empty if there is none. */
  readings(name: string): readonly Reading[];
  /** What happened to the service, oldest first; bounded. */
  events(): readonly ServiceEvent[];
  /** Components that work, but not as they should. */
  problems(): readonly { readonly id: ComponentId; readonly message: string }[];
  /** Latest warnings and errors of the log, oldest first; bounded. */
  logEntries(): readonly LoggedEntry[];
  /** The configuration in force. */
  configuration(): ConfigurationView;
  /** The same for what is on disk now. Rejects with the error that a reload would log. */
  configurationOnDisk(): Promise<ConfigurationView>;
  /** The output of port 8888. */
  ownMetrics(): Promise<string>;
}

export interface ViewedComponent {
  readonly kind: ComponentKind | 'service';
  readonly id: ComponentId;
  readonly pipeline: string | undefined;
  readonly views: ComponentViews;
}

export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ServiceEvent {
  readonly unixMs: number;
  readonly kind: 'started' | 'reloaded' | 'reload_failed' | 'degraded' | 'recovered';
  readonly text: string;
}

export interface LoggedEntry {
  readonly unixMs: number;
  readonly level: LogLevel;
  readonly message: string;
  /** Component, empty for the service itself. */
  readonly component: string;
  readonly fields: Readonly<Record<string, string>>;
  /** How often the same message of the same component and level was logged, this time included. */
  readonly count: number;
}

export interface ConfigurationView {
  /** YAML with defaults filled in, secrets replaced. */
  readonly text: string;
  /** Where the parts come from: path of keys (`receivers::otlp::protocols`) → `file:line:column`. */
  readonly origins: readonly { readonly path: string; readonly place: string }[];
  /** What pitot ignores or does not support, one line each. */
  readonly remarks: readonly string[];
  /** Locations of `--config`. */
  readonly sources: readonly string[];
}

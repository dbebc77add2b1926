import type { ComponentId, ComponentKind, LogLevel } from '../component.ts';
import type { ComponentViews } from './component-views.ts';

/** Views of the running service; see component-views.ts. */
export interface ServiceViews {
  /** Components that currently have views. `pipeline` is set for processors, which exist once per pipeline. */
  components(): readonly ViewedComponent[];
  /**
   * Returns values of one of pitot's own metrics by its name on port 8888, without suffixes of the exposition. Empty if
   * there is none.
   */
  readings(name: string): readonly Reading[];
  /** Events of the service, oldest first. The number is limited. */
  events(): readonly ServiceEvent[];
  /** Components that are degraded. */
  problems(): readonly { readonly id: ComponentId; readonly message: string }[];
  /** Latest warnings and errors of the log, oldest first. The number is limited. */
  logEntries(): readonly LoggedEntry[];
  /** The active configuration. */
  configuration(): ConfigurationView;
  /** The configuration that is on disk now. Rejects with the error that a reload would log. */
  configurationOnDisk(): Promise<ConfigurationView>;
  /** The output of port 8888. */
  ownMetrics(): Promise<string>;
}

/** A component, or the service itself, with the views that it offers. */
export interface ViewedComponent {
  readonly kind: ComponentKind | 'service';
  readonly id: ComponentId;
  readonly pipeline: string | undefined;
  readonly views: ComponentViews;
}

/** The current value of one series of pitot's own metrics. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A change of state of the service. */
export interface ServiceEvent {
  readonly unixMs: number;
  readonly kind: 'started' | 'reloaded' | 'reload_failed' | 'degraded' | 'recovered';
  readonly text: string;
}

/** A log entry and the number of its repetitions. */
export interface LoggedEntry {
  readonly unixMs: number;
  readonly level: LogLevel;
  readonly message: string;
  /** Component, empty for the service itself. */
  readonly component: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Number of times that the same message of the same component and level was logged, including this one. */
  readonly count: number;
}

/** A configuration in the form that people read. */
export interface ConfigurationView {
  /** YAML with defaults filled in and secrets replaced. */
  readonly text: string;
  /** Origin of the parts: path of keys (`receivers::otlp::protocols`) → `file:line:column`. */
  readonly origins: readonly { readonly path: string; readonly place: string }[];
  /** One line for each item that pitot ignores or does not support. */
  readonly remarks: readonly string[];
  /** Locations of `--config`. */
  readonly sources: readonly string[];
}

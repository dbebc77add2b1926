import type { BothSpellings } from '#prometheus/from-otlp/resource-labels-config.ts';
import type { NamingConfig } from '#prometheus/from-otlp/translation.ts';
import type { SeriesConfig } from '../config.ts';

/** Settings of an exporter that owns a series store. */
export interface SeriesOwnerConfig extends SeriesConfig, BothSpellings, Omit<NamingConfig, 'keepsSeries'> {
  /** Labels of every series except target_info. */
  readonly constLabels: Readonly<Record<string, string>>;
  readonly withoutScopeInfo: boolean;
  /** Whether samples have the time of their data point. */
  readonly sendTimestamps: boolean;
}

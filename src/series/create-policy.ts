import type { ComponentSettings } from '#component/component.ts';
import { AccumulationPolicy } from './accumulation/accumulation-policy.ts';
import { classicBoundsOf } from './classic-bounds.ts';
import type { SeriesConfig } from './config.ts';
import { Expirations } from './expirations.ts';
import { LastValuePolicy } from './last-value/last-value-policy.ts';
import type { OnRestart } from './last-value/number.ts';
import type { SeriesPolicy } from './policy.ts';

export interface PolicyOptions {
  readonly settings: ComponentSettings;
  /**
   * All settings that determine the series of a data point, as text. If it changes, stored streams can belong to other
   * series.
   */
  readonly fingerprint: string;
  /** Called in last-value mode when a process continues the counter of another one. */
  readonly onRestart: OnRestart;
}

/** Creates the policy that the configuration selects. */
export function createPolicy(config: SeriesConfig, { settings, fingerprint, onRestart }: PolicyOptions): SeriesPolicy {
  const { accumulation, metricExpiration } = config;
  const expirations = new Expirations(config.expirations);
  const classicBounds = classicBoundsOf(config.classicBuckets, { isAccumulating: accumulation.enabled });
  if (!accumulation.enabled) {
    const { logger } = settings;
    return new LastValuePolicy({ logger, expirationMs: metricExpiration, expirations, classicBounds, onRestart });
  }
  return new AccumulationPolicy({
    ...settings,
    processAttributes: accumulation.processAttributes,
    streamExpirationMs: accumulation.streamExpiration,
    maxStreams: accumulation.maxStreams,
    maxTombstones: accumulation.maxTombstones,
    historyMarginMs: accumulation.historyMargin,
    seriesExpirationMs: accumulation.seriesExpiration,
    metricExpirationMs: metricExpiration,
    expirations,
    gauges: config.gauges,
    isZeroFirst: accumulation.zeroFirst !== false,
    zeroHoldMs: accumulation.zeroHold,
    zeroHoldMaxMs: accumulation.zeroHoldMax,
    storage: accumulation.storage,
    isAckDurable: accumulation.durableAck,
    classicBounds,
    fingerprint,
  });
}

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
  /** All settings that decide which series a point belongs to, as text. When it changes, stored streams may be in other series. */
  readonly fingerprint: string;
  /** In last-value mode: notified when a process takes over a counter from another one. */
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

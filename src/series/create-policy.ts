import type { ComponentSettings } from '#component/component.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';
import type { OwnShareOptions } from '#sharding/own-share.ts';
import { previousRingsOf } from '#sharding/ring-config.ts';
import { AccumulationPolicy } from './accumulation/accumulation-policy.ts';
import { classicBoundsOf } from './classic-bounds.ts';
import type { SeriesConfig } from './config.ts';
import { Expirations } from './expirations.ts';
import { LastValuePolicy } from './last-value/last-value-policy.ts';
import type { OnRestart } from './last-value/number.ts';
import type { SeriesPolicy } from './policy.ts';

/** Parameters of {@link createPolicy}. */
export interface PolicyOptions {
  readonly settings: ComponentSettings;
  /**
   * All settings that determine the series of a data point, as text. If it changes, stored streams can belong to other
   * series.
   */
  readonly fingerprint: string;
  readonly translationStrategy: TranslationStrategy;
  /** Called in last-value mode when a process continues the counter of another one. */
  readonly onRestart: OnRestart;
}

/** Creates the policy that the configuration selects. */
export function createPolicy(config: SeriesConfig, options: PolicyOptions): SeriesPolicy {
  const { settings, fingerprint, onRestart } = options;
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
    sharding: shareOf(config, options),
  });
}

function shareOf(
  { accumulation: { ring, processAttributes } }: SeriesConfig,
  { translationStrategy }: PolicyOptions,
): OwnShareOptions | undefined {
  if (!ring) return undefined;
  const { self, hostnames, previous } = ring;
  return { self, endpoints: hostnames, previous: previousRingsOf(previous), processAttributes, translationStrategy };
}

import type { ComponentSettings } from '#component/component.ts';
import { AccumulationPolicy } from '#series/accumulation/accumulation-policy.ts';
import { classicView } from '#series/classic-buckets.ts';
import { LastValuePolicy } from '#series/last-value/last-value-policy.ts';
import type { OnRestart } from '#series/last-value/number.ts';
import type { SeriesPolicy } from '#series/policy.ts';
import type { PrometheusConfig } from './config.ts';

/** The policy that the configuration asks for. `onRestart`: see accumulation/last-value.ts. */
export function createPolicy(
  config: PrometheusConfig,
  settings: ComponentSettings,
  onRestart: OnRestart,
): SeriesPolicy {
  const { accumulation, metricExpiration, classicBuckets } = config;
  if (!accumulation.enabled) {
    return new LastValuePolicy({
      logger: settings.logger,
      expirationMs: metricExpiration,
      classicView: classicView(classicBuckets),
      onRestart,
    });
  }
  return new AccumulationPolicy({
    ...settings,
    processAttributes: accumulation.processAttributes,
    streamExpirationMs: accumulation.streamExpiration,
    maxStreams: accumulation.maxStreams,
    seriesExpirationMs: accumulation.seriesExpiration,
    metricExpirationMs: metricExpiration,
    isZeroFirst: accumulation.zeroFirst,
    zeroHoldMs: accumulation.zeroHold,
    storage: accumulation.storage,
    isAckDurable: accumulation.durableAck,
    classicBounds: classicBuckets,
  });
}

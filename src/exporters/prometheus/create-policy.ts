import type { ComponentSettings } from '../../component/component.ts';
import { classicView } from './accumulation/classic-buckets.ts';
import { LastValue } from './accumulation/last-value.ts';
import type { OnRestart } from './accumulation/last-value-number.ts';
import type { AccumulationPolicy } from './accumulation/policy.ts';
import type { PrometheusConfig } from './config.ts';

/** The policy that the configuration asks for. `onRestart`: see accumulation/last-value.ts. */
export function createPolicy(
  config: PrometheusConfig,
  settings: ComponentSettings,
  onRestart: OnRestart,
): AccumulationPolicy {
  return new LastValue({
    logger: settings.logger,
    expirationMs: config.metricExpiration,
    classicView: classicView(config.classicBuckets),
    onRestart,
  });
}

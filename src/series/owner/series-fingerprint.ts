import { isGateEnabled } from '#config/feature-gates.ts';
import { fingerprintOf } from '#config/fingerprint.ts';
import type { SeriesOwnerConfig } from './series-owner-config.ts';

/** Returns one text for all settings that determine the series of a data point. */
export function seriesFingerprint(config: SeriesOwnerConfig): string {
  const { namespace, constLabels, withoutScopeInfo, translationStrategy, addMetricSuffixes } = config;
  const { resourceConstantLabels, resourceToTelemetryConversion, accumulation } = config;
  return fingerprintOf({
    namespace,
    constLabels,
    withoutScopeInfo,
    translationStrategy,
    addMetricSuffixes,
    resourceConstantLabels,
    resourceToTelemetryConversion,
    processAttributes: [...accumulation.processAttributes].sort(),
    gates: shapingGates.filter(isGateEnabled),
  });
}

/** Feature gates that change names. */
const shapingGates = [
  'pkg.translator.prometheus.PermissiveLabelSanitization',
  'exporter.prometheusexporter.DisableAddMetricSuffixes',
];

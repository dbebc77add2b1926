import type { ComponentSettings } from '#component/component.ts';
import { resourceLabelMatcher } from '#prometheus/from-otlp/resource-label-matcher.ts';
import { isUnset } from '#prometheus/from-otlp/resource-labels-config.ts';
import { ResourceToTelemetry } from '#prometheus/from-otlp/resource-to-telemetry.ts';
import { ResourceAttributeValues } from './resource-attribute-values.ts';
import type { SeriesOwnerConfig } from './series-owner-config.ts';

const dayMs = 86_400_000;

/** Returns whether the Collector adds a resource attribute to points. Undefined if it adds none. */
export function resourceLabelsOfCollector(config: SeriesOwnerConfig): ((key: string) => boolean) | undefined {
  const { resourceConstantLabels, resourceToTelemetryConversion } = config;
  return resourceLabelMatcher(isUnset(resourceConstantLabels) ? resourceToTelemetryConversion : resourceConstantLabels);
}

/** Returns what adds resource attributes to points. Undefined if none is added. Process attributes never are. */
export function resourceLabelsOf(
  config: SeriesOwnerConfig,
  settings: ComponentSettings,
): ResourceToTelemetry | undefined {
  const { accumulation } = config;
  const isIncluded = resourceLabelsOfCollector(config);
  if (!isIncluded) return undefined;
  if (!accumulation.enabled) return new ResourceToTelemetry(isIncluded);
  const processAttributes = new Set(accumulation.processAttributes);
  const values = new ResourceAttributeValues({ ...settings, windowMs: Math.min(accumulation.seriesExpiration, dayMs) });
  return new ResourceToTelemetry(
    (key) => !processAttributes.has(key) && isIncluded(key),
    (added) => values.add(added),
  );
}

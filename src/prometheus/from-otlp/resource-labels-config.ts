import { isGateEnabled } from '#config/feature-gates.ts';
import { boolean, type ConfigOf, config, stringList } from '#config/schema.ts';

/** Resource attributes that become labels: selected by pattern or, in the older form, all. */
export const resourceLabels = config('resourcetotelemetry.Settings', {
  included: stringList().describe(
    'Keys, with `*` for any text and `?` for one character. If the list is empty, `excluded` applies.',
  ),
  excluded: stringList().describe('Keys that do not become labels. If `included` is empty, all other keys do.'),
  enabled: boolean(false).describe('Older form of `included: ["*"]`.'),
  exclude_service_attributes: boolean(false).describe(
    'Older form of `excluded` with `service.name`, `service.namespace`, and `service.instance.id`.',
  ),
});
export type ResourceLabels = ConfigOf<typeof resourceLabels>;

/** The labels from resource attributes under the current and the deprecated key. */
export interface BothSpellings {
  readonly resourceConstantLabels: ResourceLabels;
  readonly resourceToTelemetryConversion: ResourceLabels;
}

/**
 * Returns the problem of the two spellings in the Collector's words, or undefined. `disablingGate`: ID of the feature gate that
 * disables the older spelling in this exporter.
 */
export function resourceLabelsProblem(config: BothSpellings, disablingGate: string): string | undefined {
  const { resourceConstantLabels: labels, resourceToTelemetryConversion: older } = config;
  if (labels.enabled || labels.excludeServiceAttributes) {
    return 'enabled and exclude_service_attributes are not supported under resource_constant_labels; use included and excluded instead';
  }
  if (isGateEnabled(disablingGate)) {
    if (!isUnset(older)) {
      return `resource_to_telemetry_conversion is disabled by the ${disablingGate} feature gate; use resource_constant_labels instead`;
    }
  } else if (!isUnset(older) && !isUnset(labels)) {
    return 'cannot configure both resource_to_telemetry_conversion and resource_constant_labels; resource_to_telemetry_conversion is deprecated';
  }
  if ((older.enabled || older.excludeServiceAttributes) && older.included.length + older.excluded.length > 0) {
    return 'cannot configure both legacy enabled/exclude_service_attributes and included/excluded patterns; enabled and exclude_service_attributes are deprecated';
  }
  return undefined;
}

/** Returns whether none of the keys has an effect. */
export function isUnset({ included, excluded, enabled, excludeServiceAttributes }: ResourceLabels): boolean {
  return !enabled && !excludeServiceAttributes && included.length === 0 && excluded.length === 0;
}

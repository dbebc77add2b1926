import { isRawMap, type RawMap, withoutText } from './raw-value.ts';

function configOf(value: unknown): unknown {
  const plain = withoutText(value);
  return isRawMap(plain) ? withoutText(plain.config) : undefined;
}

function isConfiguration(value: unknown): boolean {
  return isRawMap(value) && ['receivers', 'exporters', 'processors', 'service'].some((key) => key in value);
}

/**
 * Recognizes files that contain a Collector configuration but are not one.
 * @returns the correction, or undefined for any other content
 */
export function formOf(raw: RawMap): string | undefined {
  const kind = withoutText(raw.kind);
  if (kind === 'OpenTelemetryCollector') {
    return 'this is a resource of the OpenTelemetry Operator; the content of its spec.config is the configuration';
  }
  if (kind === 'ConfigMap') return 'this is a ConfigMap; the text under its data is the configuration';
  if (typeof kind === 'string' && raw.apiVersion !== undefined) {
    return `this is a Kubernetes resource of the kind ${JSON.stringify(kind)}, not a configuration`;
  }
  for (const key of ['config', 'alternateConfig', 'otelCollector']) {
    const value = withoutText(raw[key]);
    if (isRawMap(value)) {
      const content = key === 'otelCollector' ? 'otelCollector.config' : key;
      return `this is a Helm values file; the content of its ${content} is the configuration`;
    }
  }
  const chart = Object.entries(raw).find(([, value]) => isConfiguration(configOf(value)));
  if (chart !== undefined)
    return `this is a Helm values file; the content of its ${chart[0]}.config is the configuration`;
  if (isRawMap(withoutText(raw.services)) && raw.service === undefined) {
    return 'this is a Compose file, not a configuration';
  }
  return undefined;
}

import { parseConfig } from '#config/schema.ts';
import { prometheusConfig } from '#exporters/prometheus/config.ts';
import { PrometheusExporter } from '#exporters/prometheus/prometheus-exporter.ts';
import { testSettings } from '../../test/support/component-settings.ts';

/** Creates an exporter with default settings, without a port, and its stopped clock. */
export function newExporter() {
  const parsed = parseConfig(prometheusConfig, { endpoint: 'localhost:0' });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('prometheus');
  return { exporter: new PrometheusExporter(parsed.value, settings), clock: settings.clock };
}

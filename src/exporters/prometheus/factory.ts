import type { ExporterFactory } from '#component/factory.ts';
import { type PrometheusConfig, prometheusConfig } from './config.ts';
import { PrometheusExporter } from './prometheus-exporter.ts';

/** `prometheus`: metrics only. */
export const prometheusExporterFactory: ExporterFactory<PrometheusConfig> = {
  type: 'prometheus',
  stability: 'Beta',
  mutatesData: true,
  configSchema: prometheusConfig,
  create: {
    metrics: (config, settings) => new PrometheusExporter(config, settings),
  },
};

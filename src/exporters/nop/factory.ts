import type { ExporterFactory } from '#component/factory.ts';
import { type NopExporterConfig, nopExporterConfig } from './config.ts';
import { nopExporter } from './nop-exporter.ts';

export const nopExporterFactory: ExporterFactory<NopExporterConfig> = {
  type: 'nop',
  stability: 'Beta',
  configSchema: nopExporterConfig,
  create: {
    metrics: nopExporter,
    traces: nopExporter,
    logs: nopExporter,
  },
};

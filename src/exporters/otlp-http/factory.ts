import type { ExporterFactory } from '#component/factory.ts';
import { type OtlpHttpExporterConfig, otlpHttpExporterConfig } from './config.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';

export const otlpHttpExporterFactory: ExporterFactory<OtlpHttpExporterConfig> = {
  type: 'otlp_http',
  aliases: ['otlphttp'],
  stability: 'Stable',
  configSchema: otlpHttpExporterConfig,
  create: {
    metrics: (config, settings) => new OtlpHttpExporter('metrics', config, settings),
    traces: (config, settings) => new OtlpHttpExporter('traces', config, settings),
    logs: (config, settings) => new OtlpHttpExporter('logs', config, settings),
  },
};

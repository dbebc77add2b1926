import type { ExporterFactory } from '#component/factory.ts';
import { type OtlpGrpcExporterConfig, otlpGrpcExporterConfig } from './config.ts';
import { OtlpGrpcExporter } from './otlp-grpc-exporter.ts';

export const otlpGrpcExporterFactory: ExporterFactory<OtlpGrpcExporterConfig> = {
  type: 'otlp_grpc',
  aliases: ['otlp'],
  stability: 'Stable',
  configSchema: otlpGrpcExporterConfig,
  create: {
    metrics: (config, settings) => new OtlpGrpcExporter('metrics', config, settings),
    traces: (config, settings) => new OtlpGrpcExporter('traces', config, settings),
    logs: (config, settings) => new OtlpGrpcExporter('logs', config, settings),
  },
};

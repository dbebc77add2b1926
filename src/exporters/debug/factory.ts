import type { ExporterFactory } from '#component/factory.ts';
import { type DebugConfig, debugConfig } from './config.ts';
import { DebugLogsExporter, DebugMetricsExporter, DebugTracesExporter } from './debug-exporter.ts';

export const debugExporterFactory: ExporterFactory<DebugConfig> = {
  type: 'debug',
  // Its name until 0.111, with other keys: config/old-spellings.ts.
  aliases: ['logging'],
  stability: 'Alpha',
  configSchema: debugConfig,
  createMetrics: (config, settings) => new DebugMetricsExporter(config, settings),
  createTraces: (config, settings) => new DebugTracesExporter(config, settings),
  createLogs: (config, settings) => new DebugLogsExporter(config, settings),
};

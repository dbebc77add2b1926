import type { ExporterFactory } from '#component/factory.ts';
import { type DebugConfig, debugConfig } from './config.ts';
import { debugLogs, debugMetrics, debugTraces } from './debug-exporter.ts';

export const debugExporterFactory: ExporterFactory<DebugConfig> = {
  type: 'debug',
  // The name until 0.111, with other keys: config/old-spellings.ts.
  aliases: ['logging'],
  stability: 'Alpha',
  configSchema: debugConfig,
  create: {
    metrics: debugMetrics,
    traces: debugTraces,
    logs: debugLogs,
  },
};

import type { ExporterFactory } from '#component/factory.ts';
import { type FileExporterConfig, fileExporterConfig } from './config.ts';
import { FileExporter } from './file-exporter.ts';

/** `file`: writes to a file. */
export const fileExporterFactory: ExporterFactory<FileExporterConfig> = {
  type: 'file',
  stability: 'Alpha',
  configSchema: fileExporterConfig,
  create: {
    metrics: (config, settings) => new FileExporter('metrics', config, settings),
    traces: (config, settings) => new FileExporter('traces', config, settings),
    logs: (config, settings) => new FileExporter('logs', config, settings),
  },
};

import type { ProcessorFactory } from '#component/factory.ts';
import { type ResourceConfig, resourceConfig } from './config.ts';
import { LogsResourceProcessor, MetricsResourceProcessor, TracesResourceProcessor } from './resource-processor.ts';

export const resourceProcessorFactory: ProcessorFactory<ResourceConfig> = {
  type: 'resource',
  stability: 'Beta',
  countsItems: true,
  configSchema: resourceConfig,
  createMetrics: (config, _settings, next) => new MetricsResourceProcessor(config, next),
  createTraces: (config, _settings, next) => new TracesResourceProcessor(config, next),
  createLogs: (config, _settings, next) => new LogsResourceProcessor(config, next),
};

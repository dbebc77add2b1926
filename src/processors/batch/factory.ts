import type { ProcessorFactory } from '#component/factory.ts';
import { LogsBatchProcessor, MetricsBatchProcessor, TracesBatchProcessor } from './batch-processor.ts';
import { type BatchConfig, batchConfig } from './config.ts';

export const batchProcessorFactory: ProcessorFactory<BatchConfig> = {
  type: 'batch',
  stability: 'Beta',
  configSchema: batchConfig,
  createMetrics: (config, settings, next) => new MetricsBatchProcessor(config, settings, next),
  createTraces: (config, settings, next) => new TracesBatchProcessor(config, settings, next),
  createLogs: (config, settings, next) => new LogsBatchProcessor(config, settings, next),
};

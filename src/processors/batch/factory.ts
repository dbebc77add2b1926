import type { ProcessorFactory } from '#component/factory.ts';
import { BatchProcessor } from './batch-processor.ts';
import { type BatchConfig, batchConfig } from './config.ts';
import { logsSplitter, metricsSplitter, tracesSplitter } from './split-data.ts';

export const batchProcessorFactory: ProcessorFactory<BatchConfig> = {
  type: 'batch',
  mutatesData: true,
  stability: 'Beta',
  configSchema: batchConfig,
  create: {
    metrics: (config, settings, next) => new BatchProcessor(config, settings, metricsSplitter(next)),
    traces: (config, settings, next) => new BatchProcessor(config, settings, tracesSplitter(next)),
    logs: (config, settings, next) => new BatchProcessor(config, settings, logsSplitter(next)),
  },
};

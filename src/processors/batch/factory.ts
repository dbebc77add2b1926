import type { ProcessorFactory } from '#component/factory.ts';
import { logsSplitter, metricsSplitter, tracesSplitter } from '#pdata/split/splitter.ts';
import { BatchProcessor } from './batch-processor.ts';
import { type BatchConfig, batchConfig } from './config.ts';

export const batchProcessorFactory: ProcessorFactory<BatchConfig> = {
  type: 'batch',
  mutatesData: true,
  stability: 'Beta',
  configSchema: batchConfig,
  create: {
    metrics: (config, settings, next) =>
      new BatchProcessor(config, settings, {
        ...metricsSplitter,
        send: (data, context) => next.consume(data, context),
      }),
    traces: (config, settings, next) =>
      new BatchProcessor(config, settings, { ...tracesSplitter, send: (data, context) => next.consume(data, context) }),
    logs: (config, settings, next) =>
      new BatchProcessor(config, settings, { ...logsSplitter, send: (data, context) => next.consume(data, context) }),
  },
};

import type { ProcessorFactory } from '#component/factory.ts';
import { type MemoryLimiterConfig, memoryLimiterConfig } from './config.ts';
import { LogsMemoryLimiter, MetricsMemoryLimiter, TracesMemoryLimiter } from './memory-limiter-processor.ts';

export const memoryLimiterProcessorFactory: ProcessorFactory<MemoryLimiterConfig> = {
  type: 'memory_limiter',
  stability: 'Beta',
  countsItems: true,
  configSchema: memoryLimiterConfig,
  createMetrics: (config, settings, next) => new MetricsMemoryLimiter(config, settings, next),
  createTraces: (config, settings, next) => new TracesMemoryLimiter(config, settings, next),
  createLogs: (config, settings, next) => new LogsMemoryLimiter(config, settings, next),
};

import type { ProcessorFactory } from '#component/factory.ts';
import { type MemoryLimiterConfig, memoryLimiterConfig } from './config.ts';
import { MemoryLimiterProcessor } from './memory-limiter-processor.ts';

export const memoryLimiterProcessorFactory: ProcessorFactory<MemoryLimiterConfig> = {
  type: 'memory_limiter',
  stability: 'Beta',
  countsItems: true,
  configSchema: memoryLimiterConfig,
  create: {
    metrics: (config, settings, next) => new MemoryLimiterProcessor(config, settings, { signal: 'metrics', next }),
    traces: (config, settings, next) => new MemoryLimiterProcessor(config, settings, { signal: 'traces', next }),
    logs: (config, settings, next) => new MemoryLimiterProcessor(config, settings, { signal: 'logs', next }),
  },
};

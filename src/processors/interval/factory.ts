import type { ProcessorFactory } from '#component/factory.ts';
import { type IntervalConfig, intervalConfig } from './config.ts';
import { IntervalProcessor } from './interval-processor.ts';

export const intervalProcessorFactory: ProcessorFactory<IntervalConfig> = {
  type: 'interval',
  mutatesData: true,
  stability: 'Alpha',
  configSchema: intervalConfig,
  create: {
    metrics: (config, settings, next) => new IntervalProcessor(config, settings, next),
  },
};

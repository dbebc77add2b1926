import type { ProcessorFactory } from '#component/factory.ts';
import { type DeltaToCumulativeConfig, deltaToCumulativeConfig } from './config.ts';
import { DeltaToCumulativeProcessor } from './delta-to-cumulative.ts';

export const deltaToCumulativeProcessorFactory: ProcessorFactory<DeltaToCumulativeConfig> = {
  type: 'deltatocumulative',
  stability: 'Alpha',
  configSchema: deltaToCumulativeConfig,
  createMetrics: (config, settings, next) => new DeltaToCumulativeProcessor(config, settings, next),
};

import type { ProcessorFactory } from '#component/factory.ts';
import { type DeltaToCumulativeConfig, deltaToCumulativeConfig } from './config.ts';
import { DeltaToCumulativeProcessor } from './delta-to-cumulative.ts';

export const deltaToCumulativeProcessorFactory: ProcessorFactory<DeltaToCumulativeConfig> = {
  type: 'delta_to_cumulative',
  aliases: ['deltatocumulative'],
  mutatesData: true,
  stability: 'Alpha',
  configSchema: deltaToCumulativeConfig,
  create: {
    metrics: (config, settings, next) => new DeltaToCumulativeProcessor(config, settings, next),
  },
};

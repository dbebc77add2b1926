import type { ProcessorFactory } from '#component/factory.ts';
import { type CumulativeToDeltaConfig, cumulativeToDeltaConfig } from './config.ts';
import { CumulativeToDeltaProcessor } from './cumulative-to-delta.ts';

export const cumulativeToDeltaProcessorFactory: ProcessorFactory<CumulativeToDeltaConfig> = {
  type: 'cumulative_to_delta',
  aliases: ['cumulativetodelta'],
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: cumulativeToDeltaConfig,
  create: {
    metrics: (config, settings, next) => new CumulativeToDeltaProcessor(config, settings, next),
  },
};

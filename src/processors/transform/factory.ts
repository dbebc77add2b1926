import type { ProcessorFactory } from '#component/factory.ts';
import { type TransformConfig, transformConfig } from './config.ts';
import { TransformProcessor } from './transform.ts';

export const transformProcessorFactory: ProcessorFactory<TransformConfig> = {
  type: 'transform',
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: transformConfig,
  create: {
    metrics: (config, settings, next) => new TransformProcessor(config, settings, next),
  },
};

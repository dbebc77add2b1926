import type { ProcessorFactory } from '#component/factory.ts';
import { type FilterConfig, filterConfig } from './config.ts';
import { FilterProcessor } from './filter.ts';

export const filterProcessorFactory: ProcessorFactory<FilterConfig> = {
  type: 'filter',
  mutatesData: true,
  stability: 'Alpha',
  countsItems: true,
  configSchema: filterConfig,
  create: {
    metrics: (config, settings, next) => new FilterProcessor(config, settings, next),
  },
};

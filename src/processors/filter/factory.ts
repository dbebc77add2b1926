import type { ProcessorFactory } from '#component/factory.ts';
import { type FilterConfig, filterConfig } from './config.ts';
import { FilterProcessor } from './filter.ts';
import { filteredLogs } from './logs.ts';
import { filteredMetrics } from './metrics.ts';
import { filteredTraces } from './traces.ts';

export const filterProcessorFactory: ProcessorFactory<FilterConfig> = {
  type: 'filter',
  mutatesData: true,
  stability: 'Alpha',
  countsItems: true,
  configSchema: filterConfig,
  remarks: ({ profiles, profileConditions }) => [
    ...(profiles === undefined || profiles === null ? [] : [noProfiles('profiles')]),
    ...(profileConditions.length === 0 ? [] : [noProfiles('profile_conditions')]),
  ],
  create: {
    metrics: (config, settings, next) =>
      new FilterProcessor(config, { settings, next, filtered: filteredMetrics(config) }),
    traces: (config, settings, next) =>
      new FilterProcessor(config, { settings, next, filtered: filteredTraces(config) }),
    logs: (config, settings, next) => new FilterProcessor(config, { settings, next, filtered: filteredLogs(config) }),
  },
};

function noProfiles(key: string) {
  return { key, message: 'pitot does not support profiles; ignored', fields: {} };
}

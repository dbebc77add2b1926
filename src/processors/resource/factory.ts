import type { ProcessorFactory } from '#component/factory.ts';
import { mapResourceParts } from '#pdata/map-resource-parts.ts';
import { type ResourceConfig, resourceConfig } from './config.ts';
import { ResourceProcessor } from './resource-processor.ts';

export const resourceProcessorFactory: ProcessorFactory<ResourceConfig> = {
  type: 'resource',
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: resourceConfig,
  create: {
    metrics: (config, _settings, next) => new ResourceProcessor(config, mapResourceParts.metrics, next),
    traces: (config, _settings, next) => new ResourceProcessor(config, mapResourceParts.traces, next),
    logs: (config, _settings, next) => new ResourceProcessor(config, mapResourceParts.logs, next),
  },
};

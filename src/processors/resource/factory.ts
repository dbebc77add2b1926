import type { ProcessorFactory } from '#component/factory.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import { type ResourceConfig, resourceConfig } from './config.ts';
import { type MapResources, ResourceProcessor } from './resource-processor.ts';

const mapMetrics: MapResources<Metrics> = (data, edit) => ({
  ...data,
  resourceMetrics: data.resourceMetrics.map((part) => ({ ...part, resource: edit(part.resource) })),
});

const mapTraces: MapResources<Traces> = (data, edit) => ({
  ...data,
  resourceSpans: data.resourceSpans.map((part) => ({ ...part, resource: edit(part.resource) })),
});

const mapLogs: MapResources<Logs> = (data, edit) => ({
  ...data,
  resourceLogs: data.resourceLogs.map((part) => ({ ...part, resource: edit(part.resource) })),
});

export const resourceProcessorFactory: ProcessorFactory<ResourceConfig> = {
  type: 'resource',
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: resourceConfig,
  create: {
    metrics: (config, _settings, next) => new ResourceProcessor(config, mapMetrics, next),
    traces: (config, _settings, next) => new ResourceProcessor(config, mapTraces, next),
    logs: (config, _settings, next) => new ResourceProcessor(config, mapLogs, next),
  },
};

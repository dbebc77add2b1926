import type { ProcessorFactory } from '#component/factory.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import { type K8sAttributesConfig, k8sAttributesConfig } from './config.ts';
import { K8sAttributesProcessor, type MapResources } from './k8s-attributes.ts';
import { SharedClusters } from './shared-clusters.ts';

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

const clusters = new SharedClusters();

export const k8sAttributesProcessorFactory: ProcessorFactory<K8sAttributesConfig> = {
  type: 'k8s_attributes',
  aliases: ['k8sattributes'],
  mutatesData: true,
  stability: 'Stable',
  countsItems: true,
  configSchema: k8sAttributesConfig,
  create: {
    metrics: (config, settings, next) => new K8sAttributesProcessor({ config, clusters }, settings, mapMetrics, next),
    traces: (config, settings, next) => new K8sAttributesProcessor({ config, clusters }, settings, mapTraces, next),
    logs: (config, settings, next) => new K8sAttributesProcessor({ config, clusters }, settings, mapLogs, next),
  },
};

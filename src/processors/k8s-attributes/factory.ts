import type { ProcessorFactory } from '#component/factory.ts';
import { mapResourceParts } from '#pdata/map-resource-parts.ts';
import { type K8sAttributesConfig, k8sAttributesConfig } from './config.ts';
import { K8sAttributesProcessor } from './k8s-attributes.ts';
import { SharedClusters } from './shared-clusters.ts';

const clusters = new SharedClusters();

export const k8sAttributesProcessorFactory: ProcessorFactory<K8sAttributesConfig> = {
  type: 'k8s_attributes',
  aliases: ['k8sattributes'],
  mutatesData: true,
  stability: 'Stable',
  countsItems: true,
  configSchema: k8sAttributesConfig,
  create: {
    metrics: (config, settings, next) =>
      new K8sAttributesProcessor({ config, clusters }, settings, mapResourceParts.metrics, next),
    traces: (config, settings, next) =>
      new K8sAttributesProcessor({ config, clusters }, settings, mapResourceParts.traces, next),
    logs: (config, settings, next) =>
      new K8sAttributesProcessor({ config, clusters }, settings, mapResourceParts.logs, next),
  },
};

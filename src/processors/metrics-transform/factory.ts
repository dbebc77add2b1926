import type { ProcessorFactory } from '#component/factory.ts';
import { type MetricsTransformConfig, metricsTransformConfig } from './config.ts';
import { MetricsTransformProcessor } from './metrics-transform.ts';

export const metricsTransformProcessorFactory: ProcessorFactory<MetricsTransformConfig> = {
  type: 'metrics_transform',
  aliases: ['metricstransform'],
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: metricsTransformConfig,
  create: {
    metrics: (config, settings, next) => new MetricsTransformProcessor(config, settings, next),
  },
};

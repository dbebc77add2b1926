import type { ProcessorFactory } from '#component/factory.ts';
import {
  LogsAttributesProcessor,
  MetricsAttributesProcessor,
  TracesAttributesProcessor,
} from './attributes-processor.ts';
import { type AttributesConfig, attributesConfig } from './config.ts';

export const attributesProcessorFactory: ProcessorFactory<AttributesConfig> = {
  type: 'attributes',
  stability: 'Beta',
  countsItems: true,
  configSchema: attributesConfig,
  createMetrics: (config, _settings, next) => new MetricsAttributesProcessor(config, next),
  createTraces: (config, _settings, next) => new TracesAttributesProcessor(config, next),
  createLogs: (config, _settings, next) => new LogsAttributesProcessor(config, next),
};

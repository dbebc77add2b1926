import type { ProcessorFactory } from '#component/factory.ts';
import { AttributesProcessor } from './attributes-processor.ts';
import { type AttributesConfig, attributesConfig } from './config.ts';
import { mapSelectedLogRecords, mapSelectedMetrics, mapSelectedSpans } from './map-selected.ts';

export const attributesProcessorFactory: ProcessorFactory<AttributesConfig> = {
  type: 'attributes',
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: attributesConfig,
  create: {
    metrics: (config, _settings, next) => new AttributesProcessor(config, mapSelectedMetrics(config), next),
    traces: (config, _settings, next) => new AttributesProcessor(config, mapSelectedSpans(config), next),
    logs: (config, _settings, next) => new AttributesProcessor(config, mapSelectedLogRecords(config), next),
  },
};

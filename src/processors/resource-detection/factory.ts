import type { ProcessorFactory } from '#component/factory.ts';
import { mapResourceParts } from '#pdata/map-resource-parts.ts';
import { type ResourceDetectionConfig, resourceDetectionConfig } from './config.ts';
import { isSupported, unknownDetector } from './detector-names.ts';
import { ResourceDetectionProcessor } from './resource-detection.ts';

export const resourceDetectionProcessorFactory: ProcessorFactory<ResourceDetectionConfig> = {
  type: 'resource_detection',
  aliases: ['resourcedetection'],
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: resourceDetectionConfig,
  remarks: ({ detectors }) =>
    detectors
      .map((name) => name.trim())
      .filter((name) => !isSupported(name) && unknownDetector(name) === undefined)
      .map((detector) => ({
        key: 'detectors',
        message: 'Detector is not supported by pitot; ignored',
        fields: { detector },
      })),
  create: {
    metrics: (config, settings, next) =>
      new ResourceDetectionProcessor(config, settings, mapResourceParts.metrics, next),
    traces: (config, settings, next) => new ResourceDetectionProcessor(config, settings, mapResourceParts.traces, next),
    logs: (config, settings, next) => new ResourceDetectionProcessor(config, settings, mapResourceParts.logs, next),
  },
};

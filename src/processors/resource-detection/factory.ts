import type { ProcessorFactory } from '#component/factory.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import { type ResourceDetectionConfig, resourceDetectionConfig } from './config.ts';
import { isSupported, unknownDetector } from './detector-names.ts';
import { type MapParts, ResourceDetectionProcessor } from './resource-detection.ts';

const mapMetrics: MapParts<Metrics> = (data, edit) => ({ ...data, resourceMetrics: data.resourceMetrics.map(edit) });
const mapTraces: MapParts<Traces> = (data, edit) => ({ ...data, resourceSpans: data.resourceSpans.map(edit) });
const mapLogs: MapParts<Logs> = (data, edit) => ({ ...data, resourceLogs: data.resourceLogs.map(edit) });

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
    metrics: (config, settings, next) => new ResourceDetectionProcessor(config, settings, mapMetrics, next),
    traces: (config, settings, next) => new ResourceDetectionProcessor(config, settings, mapTraces, next),
    logs: (config, settings, next) => new ResourceDetectionProcessor(config, settings, mapLogs, next),
  },
};

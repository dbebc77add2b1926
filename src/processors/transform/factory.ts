import type { ProcessorFactory } from '#component/factory.ts';
import { type TransformConfig, transformConfig } from './config.ts';
import { transformLogs } from './logs.ts';
import { transformMetrics } from './metrics.ts';
import { transformTraces } from './traces.ts';
import { TransformProcessor } from './transform.ts';

export const transformProcessorFactory: ProcessorFactory<TransformConfig> = {
  type: 'transform',
  mutatesData: true,
  stability: 'Beta',
  countsItems: true,
  configSchema: transformConfig,
  remarks: ({ profileStatements }) =>
    profileStatements.length === 0
      ? []
      : [{ key: 'profile_statements', message: 'pitot does not support profiles; ignored', fields: {} }],
  create: {
    metrics: (config, settings, next) =>
      new TransformProcessor(config, { settings, next, signal: 'metrics', transform: transformMetrics }),
    traces: (config, settings, next) =>
      new TransformProcessor(config, { settings, next, signal: 'traces', transform: transformTraces }),
    logs: (config, settings, next) =>
      new TransformProcessor(config, { settings, next, signal: 'logs', transform: transformLogs }),
  },
};

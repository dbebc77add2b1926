import type { ReceiverFactory } from '#component/factory.ts';
import { type OtlpConfig, otlpConfig } from './config.ts';
import { OtlpReceiver } from './otlp-receiver.ts';

/** `otlp`: OTLP over gRPC and HTTP. */
export const otlpReceiverFactory: ReceiverFactory<OtlpConfig> = {
  type: 'otlp',
  stability: 'Stable',
  configSchema: otlpConfig,
  signals: ['metrics', 'traces', 'logs'],
  create: (config, settings, next) => new OtlpReceiver(config, settings, next),
};

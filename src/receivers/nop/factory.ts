import type { ReceiverFactory } from '#component/factory.ts';
import { type NopReceiverConfig, nopReceiverConfig } from './config.ts';
import { nopReceiver } from './nop-receiver.ts';

export const nopReceiverFactory: ReceiverFactory<NopReceiverConfig> = {
  type: 'nop',
  stability: 'Beta',
  configSchema: nopReceiverConfig,
  signals: ['metrics', 'traces', 'logs'],
  create: nopReceiver,
};

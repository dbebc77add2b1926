import type { ExporterFactory } from '#component/factory.ts';
import { type RemoteWriteConfig, remoteWriteConfig } from './config.ts';
import { RemoteWriteExporter } from './remote-write-exporter.ts';
import { TotalsExporter } from './totals-exporter.ts';

/** `prometheus_remote_write`: metrics only. */
export const remoteWriteExporterFactory: ExporterFactory<RemoteWriteConfig> = {
  type: 'prometheus_remote_write',
  aliases: ['prometheusremotewrite'],
  stability: 'Beta',
  mutatesData: true,
  configSchema: remoteWriteConfig,
  create: {
    metrics: (config, settings) =>
      config.pushInterval > 0 ? new TotalsExporter(config, settings) : new RemoteWriteExporter(config, settings),
  },
};

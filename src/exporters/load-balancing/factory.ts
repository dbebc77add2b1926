import type { ExporterFactory } from '#component/factory.ts';
import { type LoadBalancingConfig, loadBalancingConfig } from './config.ts';
import { LoadBalancingExporter } from './load-balancing-exporter.ts';
import { logsSplit, metricsSplit, tracesSplit } from './split/split-by-owner.ts';

/** Sends data to one of several endpoints, by a key. */
export const loadBalancingExporterFactory: ExporterFactory<LoadBalancingConfig> = {
  type: 'load_balancing',
  aliases: ['loadbalancing'],
  stability: 'Beta',
  configSchema: loadBalancingConfig,
  create: {
    metrics: (config, settings) => new LoadBalancingExporter('metrics', config, settings, metricsSplit(config)),
    traces: (config, settings) => new LoadBalancingExporter('traces', config, settings, tracesSplit(config)),
    logs: (config, settings) => new LoadBalancingExporter('logs', config, settings, logsSplit(config)),
  },
};

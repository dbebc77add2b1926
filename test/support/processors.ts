import type { Component } from '#component/component.ts';
import { noClientContext } from '#component/consumer.ts';
import type { ProcessorFactory } from '#component/factory.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import type { Metric, Metrics } from '#pdata/metrics.ts';
import { type TestSettings, testSettings } from './component-settings.ts';
import { request } from './pdata.ts';

/** Started processor of metrics. */
export interface RunningProcessor {
  readonly settings: TestSettings;
  readonly received: Metrics[];
  /** Sends metrics to the processor and returns its output. Undefined if there is none. */
  feed(...metrics: Metric[]): Promise<Metrics | undefined>;
}

/** Creates and starts a processor. @throws Error with the Collector's message if the configuration is invalid */
export async function startProcessor(factory: ProcessorFactory<never>, raw: object): Promise<RunningProcessor> {
  const parsed = parseConfig(factory.configSchema, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const [problem] = validateConfig(factory.configSchema, parsed.value);
  if (problem) throw new Error(problem.message);
  const settings = testSettings(factory.type);
  const received: Metrics[] = [];
  const next = { consume: (metrics: Metrics) => void received.push(metrics) };
  const processor = factory.create.metrics!(parsed.value, settings, next);
  await (processor as Component).start({ extension: () => undefined, fatal: () => {} });
  return {
    settings,
    received,
    async feed(...metrics) {
      const before = received.length;
      await processor.consume(request({}, ...metrics), noClientContext);
      return received[before];
    },
  };
}

/** Returns all metrics of a request. */
export function metricsOf(metrics: Metrics | undefined): readonly Metric[] {
  return (metrics?.resourceMetrics ?? []).flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
}

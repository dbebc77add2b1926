import { noClientContext } from '#component/consumer.ts';
import type { ProcessorFactory } from '#component/factory.ts';
import { factoriesFor } from '#components.ts';
import { parseConfig } from '#config/schema.ts';
import type { DataPoint, Metric, Metrics } from '#pdata/metrics.ts';
import { ManualClock, testSettings } from './component-settings.ts';

const components = await factoriesFor();

/** Processor of a pipeline: its type, and its settings as in YAML. */
export type Stage = readonly [type: string, settings?: object];

/** Sends requests through the processors of a pipeline and returns their output, including that of the shutdown. */
export async function throughProcessors(stages: readonly Stage[], requests: readonly Metrics[]): Promise<Metrics[]> {
  const out: Metrics[] = [];
  const clock = new ManualClock();
  const built: Built[] = [];
  for (const [type, settings = {}] of stages.toReversed()) {
    const factory = components.processors.find((each) => each.type === type) as ProcessorFactory;
    const config = parseConfig(factory.configSchema, settings);
    if (!config.ok) throw new Error(config.failure.message);
    const next = built[0] ?? { consume: (metrics: Metrics) => void out.push(metrics) };
    built.unshift(factory.create.metrics!(config.value, testSettings(type, clock), next));
  }
  const host = { extension: () => undefined, fatal: () => undefined };
  for (const stage of built) await stage.start(host);
  const [first] = built;
  for (const request of requests) await first!.consume(request, noClientContext);
  for (const stage of built) await stage.shutdown(new AbortController().signal);
  return out;
}
type Built = ReturnType<NonNullable<ProcessorFactory['create']['metrics']>>;

/** Returns all data points of requests, in order, with the name of the metric. */
export function pointsOf(requests: readonly Metrics[]): { readonly name: string; readonly point: DataPoint }[] {
  return metricsOf(requests).flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map((point) => ({ name: descriptor.name, point })),
  );
}

/** Returns all metrics of requests, in order. */
export function metricsOf(requests: readonly Metrics[]): Metric[] {
  return requests.flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
  );
}

import type { Component } from '#component/component.ts';
import { type Consumer, noClientContext } from '#component/consumer.ts';
import type { ProcessorFactory } from '#component/factory.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import type { Metric, Metrics } from '#pdata/metrics.ts';
import { type TestSettings, testSettings } from './component-settings.ts';
import { request } from './pdata.ts';

/** Started processor of one signal. */
export interface Stage<Data> {
  readonly settings: TestSettings;
  /** Sends data to the processor and returns its output. Undefined if there is none. */
  send(data: Data): Promise<Data | undefined>;
}

/** Creates and starts a processor of a signal. @throws Error with the Collector's message if the configuration is invalid */
export async function startStage<S extends Signal>(
  signal: S,
  factory: ProcessorFactory<never>,
  raw: object,
): Promise<Stage<SignalData[S]>> {
  const parsed = parseConfig(factory.configSchema, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const [problem] = validateConfig(factory.configSchema, parsed.value);
  if (problem) throw new Error(problem.message);
  const settings = testSettings(factory.type);
  let received: SignalData[S] | undefined;
  const next: Consumer<SignalData[S]> = {
    consume(data) {
      received = data;
      return undefined;
    },
  };
  const create = factory.create[signal] as (
    config: never,
    of: TestSettings,
    to: typeof next,
  ) => Component & typeof next;
  const processor = create(parsed.value, settings, next);
  await processor.start({ extension: () => undefined, fatal: () => {} });
  return {
    settings,
    async send(data) {
      received = undefined;
      await processor.consume(data, noClientContext);
      return received;
    },
  };
}

/** Started processor of metrics. */
export interface RunningProcessor {
  readonly settings: TestSettings;
  readonly received: Metrics[];
  /** Sends metrics to the processor and returns its output. Undefined if there is none. */
  feed(...metrics: Metric[]): Promise<Metrics | undefined>;
}

/** Creates and starts a processor of metrics. @throws Error with the Collector's message if the configuration is invalid */
export async function startProcessor(factory: ProcessorFactory<never>, raw: object): Promise<RunningProcessor> {
  const { settings, send } = await startStage('metrics', factory, raw);
  const received: Metrics[] = [];
  return {
    settings,
    received,
    async feed(...metrics) {
      const output = await send(request({}, ...metrics));
      if (output) received.push(output);
      return output;
    },
  };
}

/** Returns all metrics of a request. */
export function metricsOf(metrics: Metrics | undefined): readonly Metric[] {
  return (metrics?.resourceMetrics ?? []).flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
}

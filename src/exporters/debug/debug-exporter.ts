import type { Component, ComponentSettings } from '#component/component.ts';
import type { Consumer } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { type Signal, signalItems } from '#component/signals.ts';
import { SendingQueue } from '#exporterhelper/sending-queue.ts';
import type { SendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import { LogSampler } from '#telemetry/log-sampler.ts';
import { logsSummary, metricsSummary, type Summary, tracesSummary } from './basic.ts';
import { BodyText } from './body-text.ts';
import type { DebugConfig } from './config.ts';
import { DetailedLogs } from './detailed/logs.ts';
import { DetailedMetrics } from './detailed/metrics.ts';
import { DetailedTraces } from './detailed/traces.ts';
import { type EntryOutput, InternalOutput, OwnOutput } from './entry-output.ts';
import type { Layout } from './layout.ts';
import { NormalLogs } from './normal/logs.ts';
import { NormalMetrics } from './normal/metrics.ts';
import { NormalTraces } from './normal/traces.ts';

/** How long the exporter's own sampling counts, in milliseconds. */
const samplingTick = 1000;

/** The parts of the exporter that depend on the signal. */
interface SignalText<Data> {
  readonly type: Signal;
  readonly summary: Summary<Data>;
  readonly normal: () => Layout<Data>;
  readonly detailed: () => Layout<Data>;
}

/** Prints what arrives: a line with counts and, unless `verbosity` is `basic`, a body; behaviour.md §3.2. */
class DebugExporter<Data> implements Component, Consumer<Data> {
  readonly #output: EntryOutput;
  readonly #sampler: LogSampler | undefined;
  readonly #settings: ComponentSettings;
  readonly #signal: SignalText<Data>;
  readonly #layout: Layout<Data> | undefined;
  readonly #body = new BodyText();
  readonly #queue: SendingQueue<Data> | undefined;

  constructor(config: DebugConfig, settings: ComponentSettings, signal: SignalText<Data>) {
    const { verbosity, samplingInitial, samplingThereafter, useInternalLogger, outputPaths, sendingQueue } = config;
    const paths = outputPaths.length > 0 ? outputPaths : ['stdout'];
    this.#output = useInternalLogger ? new InternalOutput(settings.logger) : new OwnOutput(paths, settings);
    // These write everything: then bodies need not be hashed. The collector reads a negative `initial` as a very large one.
    const writesAll = samplingThereafter === 1 || samplingInitial < 0;
    const sampling = { tick: samplingTick, initial: samplingInitial, thereafter: samplingThereafter };
    this.#sampler = writesAll ? undefined : new LogSampler(sampling);
    this.#settings = settings;
    this.#signal = signal;
    if (verbosity === 'normal') this.#layout = signal.normal();
    if (verbosity === 'detailed') this.#layout = signal.detailed();
    if (sendingQueue) this.#queue = this.#newQueue(sendingQueue);
  }

  start(): Promise<void> {
    return this.#output.open();
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    this.#queue?.drain();
    await withDeadline(this.#output.close(), deadline);
  }

  consume(data: Data): Promise<void> | undefined {
    if (this.#queue === undefined) {
      this.#print(data);
      return undefined;
    }
    const items = this.#signal.summary.itemCount(data);
    return this.#queue.offer(data, items).catch((error: unknown) => {
      this.#countRefused(items);
      throw error;
    });
  }

  #print(data: Data): void {
    if (!this.#output.isEnabled()) return;
    const { title, fields } = this.#signal.summary;
    if (this.#accepts(title)) this.#output.print(title, fields(data));
    if (this.#layout === undefined) return;
    this.#layout.write(data, this.#body);
    const body = this.#body.take();
    if (this.#accepts(body)) this.#output.print(body);
  }

  #accepts(message: string | Uint8Array): boolean {
    return this.#sampler?.accepts('info', message, this.#settings.clock.monotonic()) ?? true;
  }

  #newQueue(config: SendingQueueConfig): SendingQueue<Data> {
    const queue = new SendingQueue<Data>(config, (data) => this.#print(data));
    const { id, metrics, logger } = this.#settings;
    if (config.storage !== '') logger.warn('storage has no effect here: the queue is kept in memory');
    const labels = { data_type: this.#signal.type, exporter: id };
    const sizeHelp = 'Current size of the retry queue (in batches). [Alpha]';
    metrics.gauge('otelcol_exporter_queue_size', sizeHelp, labels, () => queue.size);
    const capacityHelp = 'Fixed capacity of the retry queue (in batches). [Alpha]';
    metrics.gauge('otelcol_exporter_queue_capacity', capacityHelp, labels, () => config.queueSize);
    return queue;
  }

  #countRefused(items: number): void {
    const { id, metrics } = this.#settings;
    const { name, words } = signalItems[this.#signal.type];
    const help = `Number of ${words} failed to be added to the sending queue. [Alpha]`;
    metrics.counter(`otelcol_exporter_enqueue_failed_${name}`, help, { exporter: id }).add(items);
  }
}

/** Creates the exporter of metrics. */
export const debugMetrics = (config: DebugConfig, settings: ComponentSettings) =>
  new DebugExporter<Metrics>(config, settings, {
    type: 'metrics',
    summary: metricsSummary,
    normal: () => new NormalMetrics(),
    detailed: () => new DetailedMetrics(),
  });

/** Creates the exporter of traces. */
export const debugTraces = (config: DebugConfig, settings: ComponentSettings) =>
  new DebugExporter<Traces>(config, settings, {
    type: 'traces',
    summary: tracesSummary,
    normal: () => new NormalTraces(),
    detailed: () => new DetailedTraces(),
  });

/** Creates the exporter of logs. */
export const debugLogs = (config: DebugConfig, settings: ComponentSettings) =>
  new DebugExporter<Logs>(config, settings, {
    type: 'logs',
    summary: logsSummary,
    normal: () => new NormalLogs(),
    detailed: () => new DetailedLogs(),
  });

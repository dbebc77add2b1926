import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import type { Slices } from '#flow/slices.ts';
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

/** Interval of the exporter's own sampling in milliseconds. */
const samplingTick = 1000;

/** The parts of the exporter that depend on the signal. */
interface SignalText<S extends Signal> {
  readonly type: S;
  readonly summary: Summary<SignalData[S]>;
  readonly normal: () => Layout<SignalData[S]>;
  readonly detailed: () => Layout<SignalData[S]>;
}

/** Prints an entry with counts and, unless `verbosity` is `basic`, a body, see docs/reference/collector-behaviour.md#debug-entries. */
class DebugExporter<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #output: EntryOutput;
  readonly #sampler: LogSampler | undefined;
  readonly #settings: ComponentSettings;
  readonly #signal: SignalText<S>;
  readonly #layout: Layout<SignalData[S]> | undefined;
  readonly #body = new BodyText();
  readonly #order = new Lane();
  readonly #helper: ExporterHelper<S>;

  constructor(config: DebugConfig, settings: ComponentSettings, signal: SignalText<S>) {
    const { verbosity, samplingInitial, samplingThereafter, useInternalLogger, outputPaths, sendingQueue } = config;
    const paths = outputPaths.length > 0 ? outputPaths : ['stdout'];
    this.#output = useInternalLogger ? new InternalOutput(settings.logger) : new OwnOutput(paths, settings);
    // If everything is written, bodies need not be hashed. The Collector treats a negative `initial` as a very large one.
    const writesAll = samplingThereafter === 1 || samplingInitial < 0;
    const sampling = { tick: samplingTick, initial: samplingInitial, thereafter: samplingThereafter };
    this.#sampler = writesAll ? undefined : new LogSampler(sampling);
    this.#settings = settings;
    this.#signal = signal;
    if (verbosity === 'normal') this.#layout = signal.normal();
    if (verbosity === 'detailed') this.#layout = signal.detailed();
    this.#helper = new ExporterHelper({
      signal: signal.type,
      settings,
      queue: sendingQueue,
      send: (data) => this.#send(data),
    });
  }

  async start(host: Host): Promise<void> {
    await this.#output.open();
    await this.#helper.start(host);
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await withDeadline(
      this.#helper.shutdown(deadline).then(() => this.#output.close()),
      deadline,
    );
  }

  views(): ComponentViews {
    return this.#helper.views();
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    return this.#helper.consume(data, context);
  }

  /**
   * Prints small requests immediately, and large ones in slices. Requests that arrive in the meantime wait, so that the
   * order is preserved.
   */
  #send(data: SignalData[S]): Promise<void> | undefined {
    if (!this.#output.isEnabled()) return undefined;
    if (!this.#order.isFree) return this.#order.enter(() => eventLoop.run(this.#print(data)));
    const printing = eventLoop.begin(this.#print(data));
    return printing instanceof Promise ? this.#order.enter(() => printing) : undefined;
  }

  *#print(data: SignalData[S]): Slices<void> {
    const { title, fields } = this.#signal.summary;
    if (this.#accepts(title)) this.#output.print(title, fields(data));
    if (this.#layout === undefined) return;
    yield* this.#layout.write(data, this.#body);
    const body = this.#body.take();
    if (typeof body === 'number') this.#countTooLong(body);
    else if (this.#accepts(body)) this.#output.print(body);
  }

  #countTooLong(bytes: number): void {
    const { id, metrics } = this.#settings;
    const help = 'Total number of bytes of entries that the debug exporter did not write.';
    metrics
      .counter('pitot_exporter_debug_dropped_bytes_total', help, { exporter: id, reason: 'entry_too_long' })
      .add(bytes);
  }

  #accepts(message: string | Uint8Array): boolean {
    return this.#sampler?.accepts('info', message, this.#settings.clock.monotonic()) ?? true;
  }
}

/** Creates the exporter of metrics. */
export const debugMetrics = (config: DebugConfig, settings: ComponentSettings) =>
  new DebugExporter<'metrics'>(config, settings, {
    type: 'metrics',
    summary: metricsSummary,
    normal: () => new NormalMetrics(),
    detailed: () => new DetailedMetrics(),
  });

/** Creates the exporter of traces. */
export const debugTraces = (config: DebugConfig, settings: ComponentSettings) =>
  new DebugExporter<'traces'>(config, settings, {
    type: 'traces',
    summary: tracesSummary,
    normal: () => new NormalTraces(),
    detailed: () => new DetailedTraces(),
  });

/** Creates the exporter of logs. */
export const debugLogs = (config: DebugConfig, settings: ComponentSettings) =>
  new DebugExporter<'logs'>(config, settings, {
    type: 'logs',
    summary: logsSummary,
    normal: () => new NormalLogs(),
    detailed: () => new DetailedLogs(),
  });

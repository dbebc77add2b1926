import type { Clock, ComponentSettings, Host } from '#component/component.ts';
import { RetryableError } from '#component/errors.ts';
import { type Metric, temporality } from '#pdata/metrics.ts';
import { giveMemoryBack } from '#telemetry/collect-garbage.ts';
import { LastGaugeRule } from '../last-value/number.ts';
import { LastSummaryRule } from '../last-value/summary.ts';
import { type AppendOutcome, dropped } from '../outcome.ts';
import type { DataType, SeriesPolicy, SeriesRegistry, SeriesRule } from '../policy.ts';
import type { SeriesRecord } from '../stored-series.ts';
import { ZeroFirst } from './initial-zero.ts';
import { ExponentialHistogramRule } from './rules/exponential-histogram.ts';
import { HistogramRule } from './rules/histogram.ts';
import type { Accumulation } from './rules/stream-rule.ts';
import { SumRule } from './rules/sum.ts';
import type { DiskStateWriter } from './state/disk-state-writer.ts';
import { openState } from './state/open-state.ts';
import { noStateWriter, type StateWriter } from './state/state-writer.ts';
import { AccumulatedSeries } from './streams/accumulated-series.ts';
import { Eviction } from './streams/eviction.ts';
import { StreamTable } from './streams/stream-table.ts';

export interface AccumulationOptions extends ComponentSettings {
  readonly processAttributes: readonly string[];
  /** ms; Infinity: for ever. */
  readonly streamExpirationMs: number;
  readonly maxStreams: number;
  /** ms; Infinity: for ever. */
  readonly seriesExpirationMs: number;
  /** `metric_expiration`, which gauges and summaries keep; ms. */
  readonly metricExpirationMs: number;
  readonly isZeroFirst: boolean;
  readonly zeroHoldMs: number;
  /** Id of the storage extension; `''`: totals end with the process. */
  readonly storage: string;
  readonly isAckDurable: boolean;
  /** `classic_buckets`. */
  readonly classicBounds: readonly number[];
  /** Called when a crowd of streams has gone; default: the real thing. */
  readonly giveMemoryBack?: () => void;
}

/** After a failed write senders come back in so many seconds. */
const retryAfterSeconds = 5;

const unspecifiedTemporality = dropped('unspecified_temporality');
const unsupportedTemporality = dropped('unsupported_temporality');

/**
 * Accumulation (spec/accumulation.md): a counter or histogram shows the sum of what all processes counted, each of them once.
 * With storage, totals and streams survive restarts, and a sender is answered after its contribution is on disk.
 */
export class AccumulationPolicy implements SeriesPolicy {
  readonly processAttributes: ReadonlySet<string>;
  readonly #options: AccumulationOptions;
  readonly #streams: StreamTable;
  readonly #zeroFirst: ZeroFirst;
  readonly #rules: Readonly<Record<DataType, SeriesRule>>;
  readonly #accumulation: Accumulation & { stateWriter: StateWriter };
  readonly #crowd: Eviction;
  #registry: SeriesRegistry | undefined;
  #disk: DiskStateWriter | undefined;

  constructor(options: AccumulationOptions) {
    this.#options = options;
    this.#crowd = new Eviction(options.giveMemoryBack ?? giveMemoryBack);
    this.processAttributes = new Set(options.processAttributes);
    const shown = (series: AccumulatedSeries) => this.#registry?.changed(series);
    this.#zeroFirst = new ZeroFirst({
      isEnabled: options.isZeroFirst,
      holdMs: options.zeroHoldMs,
      release: (series) => {
        // On disk before it is seen: shown as 0 again after a crash, it would look like a reset.
        this.#accumulation.stateWriter.seriesChanged(series);
        shown(series);
      },
    });
    const shared = { stateWriter: noStateWriter as StateWriter };
    this.#streams = new StreamTable(
      {
        expirationMs: options.streamExpirationMs,
        maxStreams: options.maxStreams,
        metrics: options.metrics,
        labels: { exporter: options.id },
      },
      shared,
    );
    this.#accumulation = Object.assign(shared, {
      streams: this.#streams,
      zeroFirst: this.#zeroFirst,
      seriesExpirationMs: options.seriesExpirationMs,
      classicBounds: options.classicBounds,
      shown,
    });
    this.#rules = {
      Gauge: new LastGaugeRule(options.metricExpirationMs),
      Sum: new SumRule(this.#accumulation),
      Histogram: new HistogramRule(this.#accumulation),
      ExponentialHistogram: new ExponentialHistogramRule(this.#accumulation),
      Summary: new LastSummaryRule(options.metricExpirationMs),
    };
  }

  async start(host: Host, series: SeriesRegistry): Promise<void> {
    this.#registry = series;
    this.#streams.epochUnixNano = nowUnixNano(this.#options.clock);
    if (this.#options.storage === '') return;
    const { stateWriter, epochUnixNano } = openState(host, {
      ...this.#options,
      processAttributes: this.processAttributes,
      registry: series,
      streams: this.#streams,
    });
    this.#streams.epochUnixNano = epochUnixNano;
    this.#disk = stateWriter;
    this.#accumulation.stateWriter = stateWriter;
  }

  admit(metric: Metric): AppendOutcome | undefined {
    if (!('aggregationTemporality' in metric)) return undefined;
    const { aggregationTemporality } = metric;
    if (aggregationTemporality === temporality.cumulative || aggregationTemporality === temporality.delta)
      return undefined;
    return aggregationTemporality === temporality.unspecified ? unspecifiedTemporality : unsupportedTemporality;
  }

  ruleFor(type: DataType): SeriesRule {
    return this.#rules[type];
  }

  commit(): Promise<void> | undefined {
    const written = this.#disk?.flush();
    if (!written) return undefined;
    if (this.#options.isAckDurable) return written.catch(refuseForNow);
    // The storage tells of its trouble; what could not be written is written with what comes next.
    written.catch(() => {});
    return undefined;
  }

  settled(): Promise<void> | undefined {
    return this.#disk?.flush()?.catch(() => {});
  }

  refresh(nowMs: number): void {
    this.#streams.foldIdle(nowMs);
    this.#crowd.watch(this.#streams.size);
    this.#zeroFirst.refresh(nowMs);
    // What could not be written before is tried again, also when nobody sends.
    this.#disk?.flush()?.catch(() => {});
  }

  scraped(scrape: number): void {
    this.#zeroFirst.scraped(scrape, this.#options.clock.monotonic());
  }

  removed(series: SeriesRecord): void {
    if (!(series instanceof AccumulatedSeries)) return;
    this.#zeroFirst.forget(series);
    this.#streams.forgetSeries(series);
    this.#accumulation.stateWriter.seriesGone(series);
  }

  async shutdown(): Promise<void> {
    await this.settled();
  }
}

function nowUnixNano(clock: Clock): bigint {
  return BigInt(Math.floor(clock.now() * 1e3)) * 1_000n;
}

function refuseForNow(cause: Error): never {
  throw new RetryableError(`the totals could not be written: ${cause.message}`, { retryAfterSeconds, cause });
}

import type { Clock, ComponentSettings, Host } from '#component/component.ts';
import { RetryableError } from '#component/errors.ts';
import { giveMemoryBack } from '#flow/collect-garbage.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { Slices } from '#flow/slices.ts';
import { type Metric, temporality } from '#pdata/metrics.ts';
import type { ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { LabelSet, MetricFamily } from '#prometheus/metric-family.ts';
import { OwnShare, type OwnShareOptions } from '#sharding/own-share.ts';
import type { ClassicBounds } from '../classic-bounds.ts';
import type { Expirations } from '../expirations.ts';
import { LogOnce } from '../log-once.ts';
import { MetricSettings } from '../metric-names.ts';
import { type AppendOutcome, dropped } from '../outcome.ts';
import type { MergingPolicy, SeriesPolicy, SeriesRegistry, SeriesRule } from '../policy.ts';
import type { SeriesRecord } from '../stored-series.ts';
import { InitialZero } from './initial-zero.ts';
import { OddPoints, type OddReason } from './odd-points.ts';
import { CounterRule } from './rules/counter.ts';
import { ExponentialHistogramRule } from './rules/exponential-histogram.ts';
import { GaugeRule } from './rules/gauge.ts';
import type { GaugeCombination } from './rules/gauge-combination.ts';
import { HistogramRule } from './rules/histogram.ts';
import type { Accumulation, StreamRule } from './rules/stream-rule.ts';
import { SummaryRule } from './rules/summary.ts';
import { UpDownCounterRule } from './rules/up-down-counter.ts';
import type { DiskStateWriter } from './state/disk-state-writer.ts';
import { openState } from './state/open-state.ts';
import { noStateWriter, type StateWriter } from './state/state-writer.ts';
import { AccumulatedSeries, SeriesAlias } from './streams/accumulated-series.ts';
import { MemoryRelease } from './streams/memory-release.ts';
import { StreamTable } from './streams/stream-table.ts';
import { processHash } from './streams/tombstones.ts';
import { TotalsView } from './totals-view.ts';

/** Settings and dependencies of {@link AccumulationPolicy}. */
export interface AccumulationOptions extends ComponentSettings {
  readonly processAttributes: readonly string[];
  /** Time in ms; Infinity for never. */
  readonly streamExpirationMs: number;
  readonly maxStreams: number;
  readonly maxTombstones: number;
  readonly historyMarginMs: number;
  /** Time in ms; Infinity for never. */
  readonly seriesExpirationMs: number;
  /** `metric_expiration`, for gauges and up-down counters, ms. */
  readonly metricExpirationMs: number;
  readonly expirations: Expirations;
  readonly gauges: readonly { readonly metrics: readonly string[]; readonly combine: GaugeCombination }[];
  readonly isZeroFirst: boolean;
  readonly zeroHoldMs: number;
  readonly zeroHoldMaxMs: number;
  /** ID of the storage extension. If `''`, totals are in memory only. */
  readonly storage: string;
  readonly isAckDurable: boolean;
  readonly classicBounds: ClassicBounds;
  /** The share of a sharded pitot that this process owns. By default, it owns all series. */
  readonly sharding?: OwnShareOptions | undefined;
  /** Fingerprint of the settings that determine series. */
  readonly fingerprint: string;
  /** Releases memory after many streams have been discarded. By default, collects garbage. */
  readonly giveMemoryBack?: () => void;
}

/** Maximum number of metrics for which an unknown start time is logged. */
const maxUnknownStarts = 20;
/** `Retry-After` of requests refused after a failed write, seconds. */
const retryAfterSeconds = 5;

const unspecifiedTemporality = dropped('unspecified_temporality');
const unsupportedTemporality = dropped('unsupported_temporality');

/**
 * Accumulation (docs/accumulation.md): a counter or histogram shows the sum of the counts of all processes, each
 * counted once. With storage, totals and streams survive restarts, and a client receives its response after its
 * contribution is on disk.
 */
export class AccumulationPolicy implements SeriesPolicy {
  readonly processAttributes: ReadonlySet<string>;
  readonly merging: MergingPolicy = { alias: createAlias };
  readonly #options: AccumulationOptions;
  readonly #streams: StreamTable;
  readonly #initialZero: InitialZero;
  readonly #totals: TotalsView;
  readonly #rules: Readonly<Record<RuleName, StreamRule>>;
  readonly #accumulation: Accumulation & { stateWriter: StateWriter };
  readonly #memoryRelease: MemoryRelease;
  readonly #share: OwnShare | undefined;
  #registry: SeriesRegistry | undefined;
  #disk: DiskStateWriter | undefined;
  /** Number of scrapes that have begun. */
  #scrapes = 0;

  constructor(options: AccumulationOptions) {
    this.#options = options;
    this.#memoryRelease = new MemoryRelease(options.giveMemoryBack ?? giveMemoryBack);
    this.processAttributes = new Set(options.processAttributes);
    this.#initialZero = new InitialZero({
      clock: options.clock,
      isEnabled: options.isZeroFirst,
      holdMs: options.zeroHoldMs,
      maxHoldMs: options.zeroHoldMaxMs,
      release: (series) => this.#released(series),
    });
    this.#totals = new TotalsView(this.#initialZero);
    const shared = { stateWriter: noStateWriter as StateWriter };
    const share = options.sharding && new OwnShare(options.sharding);
    this.#share = share;
    this.#streams = new StreamTable(
      {
        expirationMs: options.streamExpirationMs,
        levelExpirationMs: options.metricExpirationMs,
        maxStreams: options.maxStreams,
        maxTombstones: options.maxTombstones,
        isElsewhere: share && ((series) => !share.isOnCurrentRing(series.position)),
        clock: options.clock,
        metrics: options.metrics,
        labels: { exporter: options.id },
      },
      shared,
    );
    this.#accumulation = Object.assign(shared, sharedByRules(options, this.#share), {
      share: this.#share,
      streams: this.#streams,
      initialZero: this.#initialZero,
      shown: (series: AccumulatedSeries) => this.#shown(series),
    });
    this.#rules = {
      gauge: new GaugeRule(this.#accumulation),
      counter: new CounterRule(this.#accumulation),
      upDownCounter: new UpDownCounterRule(this.#accumulation),
      histogram: new HistogramRule(this.#accumulation),
      exponentialHistogram: new ExponentialHistogramRule(this.#accumulation),
      summary: new SummaryRule(this.#accumulation),
    };
  }

  async start(host: Host, series: SeriesRegistry): Promise<void> {
    this.#registry = series;
    this.#streams.epochUnixNano = nowUnixNano(this.#options.clock);
    this.#streams.earlyProcesses.epochUnixMs = this.#options.clock.now();
    const disk = await openState(host, {
      ...this.#options,
      processAttributes: this.processAttributes,
      registry: series,
      streams: this.#streams,
      share: this.#share,
    });
    if (!disk) return;
    this.#disk = disk;
    this.#accumulation.stateWriter = disk;
    // Stores the start of a new state.
    disk.flush()?.catch(() => {});
  }

  admit(metric: Metric): AppendOutcome | undefined {
    if (!('aggregationTemporality' in metric)) return undefined;
    const { aggregationTemporality } = metric;
    if (aggregationTemporality === temporality.cumulative || aggregationTemporality === temporality.delta)
      return undefined;
    return aggregationTemporality === temporality.unspecified ? unspecifiedTemporality : unsupportedTemporality;
  }

  ruleFor(metric: Metric): SeriesRule {
    return this.#rules[ruleNameOf(metric)];
  }

  resourceSeen({ process }: ResourceIdentity): void {
    this.#streams.earlyProcesses.note(processHash(process), this.#options.clock.now());
  }

  commit(): Promise<void> | undefined {
    const written = this.#disk?.flush();
    if (!written) return undefined;
    if (this.#options.isAckDurable) return written.catch(refuse);
    // The storage reports its failure. Unwritten changes are written with the next ones.
    written.catch(() => {});
    return undefined;
  }

  settled(): Promise<void> | undefined {
    return this.#disk?.flush()?.catch(() => {});
  }

  *refresh(nowMs: number): Slices<void> {
    yield* this.#written(this.#streams.expire(nowMs));
    this.#memoryRelease.watch(this.#streams.size);
    yield* this.#written(this.#initialZero.refresh(nowMs));
    // Repeats a failed write even if no requests arrive.
    this.#disk?.flush()?.catch(() => {});
  }

  totalsOf(family: MetricFamily): Slices<MetricFamily> {
    return this.#totals.of(family);
  }

  scrapeBegan(scraper: string): void {
    this.#scrapes += 1;
    if (scraper !== '') this.#initialZero.began(scraper, this.#options.clock.monotonic());
  }

  scrapeCompleted(scraper: string, scrape: number): void {
    if (scraper === '') return;
    void eventLoop.begin(this.#written(this.#initialZero.completed(scraper, scrape, this.#options.clock.monotonic())));
  }

  *expiring(series: SeriesRecord): Slices<void> {
    if (series instanceof AccumulatedSeries) yield* this.#streams.thinOut(series);
  }

  removed(series: SeriesRecord): void {
    if (!(series instanceof AccumulatedSeries)) return;
    this.#initialZero.forget(series);
    this.#streams.discardSeries(series);
    this.#accumulation.stateWriter.seriesRemoved(series);
    if (this.#disk?.isLarge) this.#disk.flush()?.catch(() => {});
  }

  async shutdown(): Promise<void> {
    await this.settled();
  }

  /** Writes the changes of slices before there are too many for one transaction. */
  *#written(slices: Slices<void>): Slices<void> {
    for (;;) {
      if (slices.next().done === true) return;
      if (this.#disk?.isLarge) this.#disk.flush()?.catch(() => {});
      yield;
    }
  }

  #shown(series: AccumulatedSeries): void {
    series.noteChange(this.#options.clock.now(), this.#scrapes);
    this.#registry?.changed(series);
  }

  #released(series: AccumulatedSeries): void {
    // Persists the value before it is shown: a 0 after a crash would look like a reset.
    this.#accumulation.stateWriter.seriesChanged(series);
    this.#shown(series);
  }
}

type RuleName = 'gauge' | 'counter' | 'upDownCounter' | 'histogram' | 'exponentialHistogram' | 'summary';

function ruleNameOf(metric: Metric): RuleName {
  switch (metric.type) {
    case 'Sum':
      return metric.isMonotonic ? 'counter' : 'upDownCounter';
    case 'Histogram':
      return 'histogram';
    case 'ExponentialHistogram':
      return 'exponentialHistogram';
    case 'Summary':
      return 'summary';
    default:
      return 'gauge';
  }
}

/** The settings that rules use. */
function sharedByRules(options: AccumulationOptions, share: OwnShare | undefined) {
  const { expirations, seriesExpirationMs, metricExpirationMs, classicBounds, historyMarginMs } = options;
  const combinations = new MetricSettings(options.gauges.map(({ metrics, combine }) => ({ metrics, value: combine })));
  const unknownStarts = new LogOnce(options.logger, maxUnknownStarts);
  const oddPoints = new OddPoints(options);
  return {
    classicBounds,
    odd: (reason: OddReason, series: SeriesRecord) => oddPoints.note(reason, series),
    unknownStart: (metric: string) =>
      unknownStarts.warn(
        metric,
        'Points have no start time and no process attributes; if several processes send this metric, its total is wrong',
        { metric, process_attributes: options.processAttributes },
      ),
    historyMarginNano: BigInt(Math.round(historyMarginMs)) * 1_000_000n,
    expirationMs: (series: SeriesRecord, lifetime: 'total' | 'level') => {
      // If several pods showed a value, it would count several times.
      const isElsewhere =
        lifetime === 'level' &&
        share?.isOwned((series as AccumulatedSeries).position, nowUnixNano(options.clock)) === false;
      return isElsewhere ? 0 : expirations.of(series, lifetime === 'total' ? seriesExpirationMs : metricExpirationMs);
    },
    combinationOf: (names: readonly string[]) => combinations.find(...names) ?? 'last',
  };
}

function createAlias(labels: LabelSet, identityHash: number, series: SeriesRecord | undefined): SeriesRecord {
  return new SeriesAlias(labels, identityHash, series as AccumulatedSeries | undefined);
}

function nowUnixNano(clock: Clock): bigint {
  return BigInt(Math.floor(clock.now() * 1e3)) * 1_000n;
}

function refuse(cause: Error): never {
  throw new RetryableError(`the totals could not be written: ${cause.message}`, { retryAfterSeconds, cause });
}

import type { ComponentSettings } from '#component/component.ts';
import { drained, type Slices } from '#flow/slices.ts';
import { type Attributes, noAttributes } from '#pdata/attributes.ts';
import { type Metrics, noRecordedValueFlag, type ResourceMetrics } from '#pdata/metrics.ts';
import { TargetInfo } from '#prometheus/from-otlp/target-info.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';
import { DroppedPoints } from './dropped-points.ts';
import type { Family } from './family.ts';
import { FamilyRegistry, type Naming } from './family-registry.ts';
import type { Instrument } from './instrument.ts';
import { InstrumentRegistry } from './instrument-registry.ts';
import type { DropReason } from './outcome.ts';
import type { PointContext, SeriesIdentity, SeriesPolicy, SeriesRegistry } from './policy.ts';
import { type LabelRules, ScopeLabelRules } from './scope-labels.ts';
import { SeriesSet } from './series-set.ts';
import type { SeriesRecord, StoredSeries } from './stored-series.ts';
import type { Target } from './target.ts';
import { LatestResources, type TargetInfoSource } from './target-info/target-info-source.ts';

/** Settings and dependencies of {@link SeriesStore}. */
export interface SeriesStoreOptions extends ComponentSettings {
  readonly policy: SeriesPolicy;
  readonly labels: LabelRules;
  readonly namer: Naming;
  /** Full name of the target_info family. */
  readonly targetInfoName: string;
  readonly sendsTimestamps: boolean;
  /** Time for which a name keeps its type and help, ms. */
  readonly expirationMs: number;
  /** By default, same as in the Collector, without the policy's process attributes. */
  readonly targetInfo?: TargetInfoSource;
  /** Maximum number of series. Further series are dropped. */
  readonly maxSeries: number;
  /**
   * Called for each new series of a monotonic sum, before its first point is evaluated; see short-lived-processes.ts.
   */
  readonly onNewCounter?: (series: StoredSeries) => void;
}

/** Number of families to process between two pauses. */
const familiesPerSlice = 500;

interface StoreParts {
  readonly options: SeriesStoreOptions;
  readonly families: FamilyRegistry;
  readonly instruments: InstrumentRegistry;
}

/** Reused for all points of a metric. */
type MutableIdentity = Omit<SeriesIdentity, 'attributes'> & { attributes: Attributes };

/**
 * All series of an exporter. `append` applies a request; `collect` returns the families of a scrape response. The
 * series of a point is predicted from the previous request of the process, which usually has the same points in the
 * same order. The prediction is verified by reference. If it is wrong, the canonical form is looked up, which alone
 * decides whether two series are the same.
 *
 * Collecting and sweeping process all series or families and therefore run in slices, one at a time. Requests can be
 * applied between slices.
 */
export class SeriesStore implements SeriesRegistry {
  readonly drops: DroppedPoints;
  readonly #options: SeriesStoreOptions;
  readonly #policy: SeriesPolicy;
  readonly #families: FamilyRegistry;
  readonly #targetInfo: TargetInfo;
  readonly #targetInfoSource: TargetInfoSource;
  readonly #instruments: InstrumentRegistry;
  readonly #series: SeriesSet;
  readonly #context: { -readonly [K in keyof PointContext]: PointContext[K] };
  #scrapes = 0;

  constructor(options: SeriesStoreOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#families = new FamilyRegistry(options);
    this.#targetInfoSource = options.targetInfo ?? new LatestResources(options.policy.processAttributes);
    this.#targetInfo = new TargetInfo({
      name: options.targetInfoName,
      labelName: options.labels.labelName,
      ...this.#targetInfoSource,
    });
    this.#instruments = new InstrumentRegistry({
      policy: options.policy,
      families: this.#families,
      labelRules: new ScopeLabelRules(options.labels),
      targetInfo: this.#targetInfo,
    });
    this.drops = new DroppedPoints(options);
    this.#series = new SeriesSet({
      ...options,
      families: this.#families,
      instruments: this.#instruments,
      drops: this.drops,
    });
    this.#context = {
      metric: undefined as never,
      metricNumber: 0,
      process: '',
      resourceHash: 0,
      arrivalMs: 0,
      nowUnixMs: 0,
      scrape: 0,
    };
  }

  /** Parts of the store, for inspect/. */
  get parts(): StoreParts {
    return { options: this.#options, families: this.#families, instruments: this.#instruments };
  }

  /** Number of stored series, including hidden ones. */
  get seriesCount(): number {
    return this.#series.size;
  }

  get familyCount(): number {
    return this.#families.size;
  }

  get targetCount(): number {
    return this.#instruments.targets.size;
  }

  /** Returns families with series that are hidden, for the status page. */
  hiddenFamilies(): readonly {
    readonly name: string;
    readonly type: string;
    readonly reason: DropReason | undefined;
  }[] {
    return [...this.#families.hidden()].map(({ name, type, refusal }) => ({ name, type, reason: refusal }));
  }

  /**
   * Applies one request. The returned promise, if any, is the policy's: it settles when the contributions are on disk.
   */
  append(metrics: Metrics): Promise<void> | undefined {
    const context = this.#context;
    // Rounded, because V8 stores whole numbers in the object itself and any other number in a separate object.
    context.arrivalMs = Math.ceil(this.#options.clock.monotonic());
    context.nowUnixMs = this.#options.clock.now();
    context.scrape = this.#scrapes;
    for (const resourceMetrics of metrics.resourceMetrics) this.#appendResource(resourceMetrics);
    return this.#policy.commit();
  }

  /** Begins a scrape. Pass its number to `endScrape` after the response has been sent completely. */
  beginScrape(scraper: string): number {
    this.#scrapes += 1;
    this.#policy.scrapeBegan(scraper);
    return this.#scrapes;
  }

  endScrape(scraper: string, scrape: number): void {
    this.#policy.scrapeCompleted(scraper, scrape);
  }

  /** Collects the families for requests that are not from a scraper: without initial zeros. */
  *collectingTotals(nowMs: number): Slices<MetricFamily[]> {
    const families = yield* this.collecting(nowMs);
    const totals: MetricFamily[] = [];
    for (const family of families) totals.push(yield* this.#policy.totalsOf(family));
    return totals;
  }

  /** Removes expired series, then collects the families in exposition order. `nowMs` is the monotonic clock. */
  *collecting(nowMs: number): Slices<MetricFamily[]> {
    yield* this.#expire(nowMs);
    if (this.#targetInfoSource.isDue(nowMs)) this.#targetInfo.changed();
    const info = yield* this.#targetInfo.family(() =>
      this.#targetInfoSource.describe(this.#instruments.targets.values(), nowMs),
    );
    const shown: Family[] = [];
    yield* this.#families.show(nowMs, (family) => shown.push(family));
    const families: MetricFamily[] = [];
    let isInfoDue = info.series.length > 0;
    let steps = 0;
    for (const family of shown) {
      if (++steps % familiesPerSlice === 0) yield;
      if (isInfoDue && family.name >= info.name) {
        isInfoDue = false;
        families.push(info);
      }
      if (family.name === info.name && info.series.length > 0) continue;
      const hidden = yield* family.settle();
      if (hidden > 0) this.drops.count('duplicate_series', hidden, { metric: family.name, target: undefined });
      if (family.series.length > 0) families.push(family);
    }
    if (isInfoDue) families.push(info);
    return families;
  }

  /** Removes expired series, and releases memory that otherwise only a scrape releases. */
  *sweeping(nowMs: number): Slices<void> {
    yield* this.#expire(nowMs);
    yield* this.#families.sweep(nowMs);
  }

  /** Same as `collecting`, without pauses. */
  collect(nowMs: number): MetricFamily[] {
    return drained(this.collecting(nowMs));
  }

  /** Same as `collectingTotals`, without pauses. */
  collectTotals(nowMs: number): MetricFamily[] {
    return drained(this.collectingTotals(nowMs));
  }

  /** Same as `sweeping`, without pauses. */
  sweep(nowMs: number): void {
    drained(this.sweeping(nowMs));
  }

  *#expire(nowMs: number): Slices<void> {
    yield* this.#policy.refresh(nowMs);
    yield* this.#series.expire(nowMs);
  }

  restore(identity: SeriesIdentity, arrivalMs: number): StoredSeries | undefined {
    const { resource, metric, attributes } = identity;
    if (metric.type === 'Empty') return undefined;
    const target = this.#instruments.targetOf(this.#instruments.identityOf(resource), resource);
    const instrument = this.#instruments.instrumentOf(target, identity);
    const series = instrument.find(attributes) ?? this.#series.create(instrument, identity, arrivalMs);
    if (series !== undefined) series.updatedMs = arrivalMs;
    this.#instruments.forgetIfEmpty(instrument);
    return series;
  }

  changed(series: SeriesRecord): void {
    series.variant.family.changed();
  }

  #appendResource({ resource, scopeMetrics }: ResourceMetrics): void {
    const identity = this.#instruments.identityOf(resource);
    this.#context.process = identity.process;
    this.#context.resourceHash = identity.resourceHash;
    let target: Target | undefined;
    let isAccepted = false;
    for (const { scope, schemaUrl, metrics } of scopeMetrics) {
      for (const metric of metrics) {
        if (metric.type === 'Empty') {
          this.#options.logger.error('failed to translate metric', {
            data_type: metric.type,
            metric_name: metric.descriptor.name,
          });
          continue;
        }
        const refusal = this.#policy.admit(metric);
        if (refusal?.reason !== undefined) {
          this.drops.count(refusal.reason, metric.dataPoints.length, {
            metric: metric.descriptor.name,
            target: identity,
          });
          continue;
        }
        if (!target?.isLive) target = this.#instruments.targetOf(identity, resource);
        const part = { resource, scope, schemaUrl, metric, attributes: noAttributes };
        isAccepted = this.#appendMetric(this.#instruments.instrumentOf(target, part), part) || isAccepted;
      }
    }
    if (isAccepted && this.#targetInfoSource.seen(target as Target, resource, this.#context.arrivalMs)) {
      this.#targetInfo.changed();
    }
  }

  /** Returns whether a point was accepted. */
  #appendMetric(instrument: Instrument, identity: MutableIdentity): boolean {
    const { metric } = identity;
    const context = this.#context;
    const { rule, variant } = instrument;
    const { arrivalMs } = context;
    context.metric = metric;
    context.metricNumber += 1;
    let isVisible = false;
    let isAccepted = false;
    let previous = instrument.cursor;
    for (const point of metric.dataPoints) {
      let series = previous?.next;
      if (series === undefined || series.attributes !== point.attributes) {
        series = instrument.find(point.attributes);
        if (series === undefined) {
          if ((point.flags & noRecordedValueFlag) !== 0) continue;
          identity.attributes = point.attributes;
          series = this.#series.create(instrument, identity, arrivalMs);
          if (series === undefined) continue;
          if (instrument.isMonotonic) this.#options.onNewCounter?.(series);
        }
        if (previous !== undefined) previous.next = series;
        series.next ??= series;
      }
      previous = series;
      if ((point.flags & noRecordedValueFlag) !== 0) {
        if (rule.end(series, point, context) === 'remove') {
          this.#series.remove((series.shownBy ?? series) as StoredSeries);
          previous = undefined;
        }
        continue;
      }
      const outcome = rule.accept(series, point, context);
      if (outcome.isAccepted) {
        isAccepted = true;
        series.updatedMs = arrivalMs;
        if (series.variant !== variant) this.#series.move(series, variant);
        if (outcome.isVisible) isVisible = true;
        const { refusal } = series.variant.family;
        if (refusal !== undefined)
          this.drops.count(refusal, 1, { metric: instrument.metricName, target: instrument.target });
      }
      if (outcome.reason !== undefined) {
        if (outcome.isAccepted) series.variant.family.mayHaveDefects = true;
        this.drops.count(outcome.reason, 1, { metric: instrument.metricName, target: instrument.target });
      }
    }
    instrument.cursor = previous;
    variant.family.points += metric.dataPoints.length;
    if (isVisible) variant.family.changed();
    this.#instruments.forgetIfEmpty(instrument);
    return isAccepted;
  }
}

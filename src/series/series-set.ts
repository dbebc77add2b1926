import type { Logger } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { DroppedPoints } from './dropped-points.ts';
import type { FamilyVariant } from './family.ts';
import type { FamilyRegistry } from './family-registry.ts';
import { hashOfIdentity } from './identity-hash.ts';
import type { Instrument } from './instrument.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';
import type { StoredLabelSet } from './label-sets.ts';
import { LogOnce } from './log-once.ts';
import { MergedSeries, mergedKey } from './merged-series.ts';
import type { SeriesIdentity, SeriesPolicy } from './policy.ts';
import { ofRemovedSeries, type StoredSeries } from './stored-series.ts';

/** Settings and dependencies of {@link SeriesSet}. */
export interface SeriesSetOptions {
  readonly policy: SeriesPolicy;
  readonly families: FamilyRegistry;
  readonly instruments: InstrumentRegistry;
  readonly drops: DroppedPoints;
  readonly logger: Logger;
  /** Maximum number of series. Further series are dropped. */
  readonly maxSeries: number;
}

/** Number of series or instruments to process between two pauses. */
const seriesPerSlice = 500;
/** Attribute of the series in which an SDK adds up attribute sets above its limit. */
const overflowKey = 'otel.metric.overflow';
/** Maximum number of metrics for which an overflow is logged. */
const maxOverflows = 20;

/** Creates and removes series: the limit on their number, series with equal labels, and expiration. */
export class SeriesSet {
  readonly #options: SeriesSetOptions;
  /** Series by labels, if equal labels mean the same series. */
  readonly #byLabels = new MergedSeries();
  readonly #overflows: LogOnce;
  #size = 0;
  #isFull = false;

  constructor(options: SeriesSetOptions) {
    this.#options = options;
    this.#overflows = new LogOnce(options.logger, maxOverflows);
  }

  /** Number of stored series, including hidden ones. */
  get size(): number {
    return this.#size;
  }

  /** Creates a series for attributes that have none. Returns undefined and counts a drop if `max_series` is reached. */
  create(instrument: Instrument, identity: SeriesIdentity, arrivalMs: number): StoredSeries | undefined {
    if (this.#size >= this.#options.maxSeries) {
      this.#refuse(instrument);
      return undefined;
    }
    const { attributes } = identity;
    const labels = instrument.labels.sets.take(attributes);
    const variant = this.#variantFor(instrument, labels);
    const series = this.#recordFor(instrument, identity, { labels, variant });
    series.instrument = instrument;
    series.attributes = attributes;
    series.updatedMs = arrivalMs;
    instrument.series.add(series);
    labels.series.add(series);
    instrument.nextExpiryMs = Math.min(instrument.nextExpiryMs, arrivalMs + this.#expirationMs(series));
    this.#size += 1;
    if (isOverflow(attributes)) this.#reportOverflow(instrument);
    if (labels.shape.omitted > 0) this.#options.drops.countOmittedLabels(labels.shape.omitted);
    this.#options.families.join(series, variant);
    return series;
  }

  /** Moves a series whose latest point has another description. */
  move(series: StoredSeries, variant: FamilyVariant): void {
    if (series.variant.family.refusal !== 'invalid_label') this.#options.families.leave(series, variant);
  }

  /** Removes a series, and the records of the points that it shows. */
  remove(series: StoredSeries): void {
    for (const alias of this.#byLabels.removed(series)) this.#removeRecord(alias);
    this.#removeRecord(series);
    this.#options.policy.removed(series);
  }

  /** Removes series that were not updated for their expiration time. */
  *expire(nowMs: number): Slices<void> {
    let steps = 0;
    for (const instrument of this.#options.instruments.instruments) {
      if (nowMs >= instrument.nextExpiryMs) yield* this.#expireInstrument(instrument, nowMs);
      if (++steps % seriesPerSlice === 0) yield;
    }
    if (this.#isFull && this.#size < this.#options.maxSeries * 0.9) this.#isFull = false;
  }

  /** Returns the record for points without one: a series, or an alias of the series with the same labels. */
  #recordFor(
    instrument: Instrument,
    identity: SeriesIdentity,
    { labels, variant }: { readonly labels: StoredLabelSet; readonly variant: FamilyVariant },
  ): StoredSeries {
    const { merging } = this.#options.policy;
    // A policy's series implement one of the exposition's interfaces; see policy.ts.
    if (!merging) return instrument.rule.create(labels, identity, 0) as StoredSeries;
    const identityHash = hashOfIdentity(instrument, labels);
    if (variant.family.isDiscarded) return instrument.rule.create(labels, identity, identityHash) as StoredSeries;
    const key = mergedKey(variant.family, labels);
    const known = this.#byLabels.find(key.hash, key);
    if (!known) {
      const series = instrument.rule.create(labels, identity, identityHash) as StoredSeries;
      this.#byLabels.addSeries(series, key);
      return series;
    }
    const isSameType = known.instrument.rule === instrument.rule;
    const alias = merging.alias(labels, identityHash, isSameType ? known : undefined) as StoredSeries;
    if (isSameType) this.#byLabels.addAlias(known, alias);
    return alias;
  }

  #reportOverflow({ metricName }: Instrument): void {
    this.#overflows.warn(
      metricName,
      'An SDK has reached its limit of attribute sets, so the values of further sets are added up in one series; raise the limit in the SDK (cardinality limit of the view, 2000 by default), or remove attributes',
      { metric: metricName, attribute: overflowKey },
    );
  }

  #removeRecord(series: StoredSeries): void {
    const { instrument } = series;
    series.attributes = ofRemovedSeries;
    series.next = undefined;
    if (instrument.cursor === series) instrument.cursor = undefined;
    instrument.series.removed();
    instrument.labels.sets.release(series);
    this.#size -= 1;
    this.#options.families.leave(series);
  }

  *#expireInstrument(instrument: Instrument, nowMs: number): Slices<void> {
    const { policy } = this.#options;
    // Series that are added in the meantime also set it.
    instrument.nextExpiryMs = Number.POSITIVE_INFINITY;
    const isExpired = (series: StoredSeries) => {
      const expirationMs = this.#expirationMs(series);
      if (expirationMs <= 0 || nowMs - expirationMs > series.updatedMs) return true;
      instrument.nextExpiryMs = Math.min(instrument.nextExpiryMs, series.updatedMs + expirationMs);
      return false;
    };
    const expired: StoredSeries[] = [];
    let steps = 0;
    for (const series of instrument.series) {
      if (isExpired(series)) expired.push(series);
      if (++steps % seriesPerSlice === 0) yield;
    }
    for (const series of expired) {
      if (++steps % seriesPerSlice === 0) yield;
      if (series.isLive && policy.expiring) yield* policy.expiring(series);
      // An alias can have been removed together with its series, and a point can have arrived in the meantime.
      if (!series.isLive || !isExpired(series)) continue;
      if (series.shownBy === series) this.remove(series);
      else this.#expireAlias(series);
    }
    this.#options.instruments.forgetIfEmpty(instrument);
  }

  #expireAlias(alias: StoredSeries): void {
    this.#byLabels.removeAlias(alias);
    this.#removeRecord(alias);
  }

  #expirationMs(series: StoredSeries): number {
    return series.instrument.rule.expirationMs(series.shownBy ?? series);
  }

  #variantFor(instrument: Instrument, { shape, isValid }: StoredLabelSet): FamilyVariant {
    if (instrument.labels.isValid && shape.hasValidNames && isValid) return instrument.variant;
    return this.#options.families.discard('invalid_label');
  }

  #refuse({ metricName, target }: Instrument): void {
    this.#options.drops.count('series_limit', 1, { metric: metricName, target });
    if (this.#isFull) return;
    this.#isFull = true;
    this.#options.logger.error('Series limit reached; dropping new series until others expire', {
      max_series: this.#options.maxSeries,
    });
  }
}

function isOverflow({ entries }: Attributes): boolean {
  return entries.some(({ key, value }) => key === overflowKey && (value === true || value === 'true'));
}

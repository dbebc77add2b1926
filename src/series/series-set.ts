import type { Logger } from '#component/component.ts';
import type { DroppedPoints } from './dropped-points.ts';
import type { FamilyVariant } from './family.ts';
import type { FamilyRegistry } from './family-registry.ts';
import type { Instrument } from './instrument.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';
import type { StoredLabelSet } from './label-sets.ts';
import type { SeriesIdentity, SeriesPolicy } from './policy.ts';
import { ofRemovedSeries, type StoredSeries } from './stored-series.ts';

export interface SeriesSetOptions {
  readonly policy: SeriesPolicy;
  readonly families: FamilyRegistry;
  readonly instruments: InstrumentRegistry;
  readonly drops: DroppedPoints;
  readonly logger: Logger;
  /** New series beyond it are refused. */
  readonly maxSeries: number;
}

/** The coming and going of series: the bound on their number, and their expiry (behaviour.md §1.4). */
export class SeriesSet {
  readonly #options: SeriesSetOptions;
  #size = 0;
  #isFull = false;

  constructor(options: SeriesSetOptions) {
    this.#options = options;
  }

  /** Live series, shown or not. */
  get size(): number {
    return this.#size;
  }

  /** A series for attributes that have none. Undefined, and counted, when there is no room. */
  create(instrument: Instrument, identity: SeriesIdentity, arrivalMs: number): StoredSeries | undefined {
    if (this.#size >= this.#options.maxSeries) {
      this.#refuse(instrument);
      return undefined;
    }
    const { attributes } = identity;
    const labels = instrument.labels.sets.take(attributes);
    // A policy's series implement one of the exposition's interfaces; see accumulation/policy.ts.
    const series = instrument.rule.create(labels, identity) as StoredSeries;
    series.instrument = instrument;
    series.attributes = attributes;
    series.updatedMs = arrivalMs;
    instrument.series.add(series);
    labels.series.add(series);
    instrument.nextExpiryMs = Math.min(instrument.nextExpiryMs, arrivalMs + instrument.rule.expirationMs(series));
    this.#size += 1;
    if (labels.shape.omitted > 0) this.#options.drops.countOmittedLabels(labels.shape.omitted);
    this.#options.families.join(series, this.#variantFor(instrument, labels));
    return series;
  }

  /** Its latest point came with another description. */
  move(series: StoredSeries, variant: FamilyVariant): void {
    if (series.variant.family.refusal !== 'invalid_label') this.#options.families.leave(series, variant);
  }

  remove(series: StoredSeries): void {
    const { instrument } = series;
    series.attributes = ofRemovedSeries;
    series.next = undefined;
    if (instrument.cursor === series) instrument.cursor = undefined;
    instrument.series.removed();
    instrument.labels.sets.release(series);
    this.#size -= 1;
    this.#options.families.leave(series);
    this.#options.policy.removed(series);
  }

  /** Removes what has not been updated for its expiration time. */
  expire(nowMs: number): void {
    for (const instrument of this.#options.instruments.instruments) this.#expireInstrument(instrument, nowMs);
    if (this.#isFull && this.#size < this.#options.maxSeries * 0.9) this.#isFull = false;
  }

  #expireInstrument(instrument: Instrument, nowMs: number): void {
    if (nowMs < instrument.nextExpiryMs) return;
    let nextExpiryMs = Number.POSITIVE_INFINITY;
    const expired: StoredSeries[] = [];
    for (const series of instrument.series) {
      const expirationMs = instrument.rule.expirationMs(series);
      if (expirationMs <= 0 || nowMs - expirationMs > series.updatedMs) expired.push(series);
      else nextExpiryMs = Math.min(nextExpiryMs, series.updatedMs + expirationMs);
    }
    for (const series of expired) this.remove(series);
    instrument.nextExpiryMs = nextExpiryMs;
    this.#options.instruments.forgetIfEmpty(instrument);
  }

  #variantFor(instrument: Instrument, { shape, isValid }: StoredLabelSet): FamilyVariant {
    if (instrument.labels.isValid && shape.hasValidNames && isValid) return instrument.variant;
    return this.#options.families.discard('invalid_label');
  }

  #refuse({ metricName, target }: Instrument): void {
    this.#options.drops.count('series_limit', 1, { metric: metricName, sender: target });
    if (this.#isFull) return;
    this.#isFull = true;
    this.#options.logger.error('the limit on series is reached: new series are left out until others expire', {
      max_series: this.#options.maxSeries,
    });
  }
}

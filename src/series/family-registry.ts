import { toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { Logger } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { MetricDescriptor } from '#pdata/metrics.ts';
import type { ByteString, MetricType } from '#prometheus/metric-family.ts';
import { Family, FamilyVariant } from './family.ts';
import { type FamilyName, FamilyNames, type NamedFamilies } from './family-names.ts';
import type { DropReason } from './outcome.ts';
import type { StoredSeries } from './stored-series.ts';

/** Properties that determine the name and the type of a metric in the output. */
export type MetricKind = 'gauge' | 'counter' | 'upDownCounter' | 'histogram' | 'summary';

/** Names metrics. */
export interface Naming {
  /** Returns the name of a metric. Calls `note` with each applied rule and the resulting name. */
  name(
    metric: { name: string; unit: string; type: 'counter' | 'gauge' | 'other' },
    note?: (rule: string, name: string) => void,
  ): string;
}

/** Maximum number of descriptors whose family is cached by reference. */
const maxKnownDescriptors = 10_000;
/** Number of names to process between two pauses. */
const namesPerSlice = 1_000;

/**
 * Families of the `/metrics` output. The first arrival under a name is shown. Another type, or a name that collides with a suffix of a
 * histogram or summary, is hidden until the name is free (docs/compatibility.md).
 */
export class FamilyRegistry {
  readonly #names = new FamilyNames();
  /** Families that are hidden until a name is free. */
  readonly #waiting = new Set<Family>();
  readonly #known: Record<MetricKind, Memo<MetricDescriptor, FamilyVariant>>;
  readonly #discards = new Map<DropReason, FamilyVariant>();
  readonly #namer: Naming;
  readonly #sendsTimestamps: boolean;
  readonly #expirationMs: number;
  readonly #logger: Logger;
  #mustReconsider = false;

  /** `expirationMs`: time after its last appearance for which a name keeps its type and help. */
  constructor(options: { namer: Naming; sendsTimestamps: boolean; expirationMs: number; logger: Logger }) {
    this.#logger = options.logger;
    this.#namer = options.namer;
    this.#sendsTimestamps = options.sendsTimestamps;
    this.#expirationMs = options.expirationMs;
    const memo = () => new Memo<MetricDescriptor, FamilyVariant>(maxKnownDescriptors);
    this.#known = { gauge: memo(), counter: memo(), upDownCounter: memo(), histogram: memo(), summary: memo() };
  }

  /** Number of names that have series, including hidden ones. */
  get size(): number {
    return this.#names.size;
  }

  /** All names, with the descriptions that clients sent. */
  get names(): Iterable<NamedFamilies> {
    return this.#names.values();
  }

  /** Returns the help of a family in the output, also if the family is hidden. */
  helpOf(family: Family): ByteString {
    const name = this.#names.get(family.name);
    return name?.shown?.help ?? name?.variants.find((one) => one.family === family && one.count > 0)?.help ?? '';
  }

  /**
   * Returns the variant to which the points of a metric belong. A metric that cannot be named belongs to a family that
   * is never shown.
   */
  variantOf(descriptor: MetricDescriptor, kind: MetricKind): FamilyVariant {
    const known = this.#known[kind].get(descriptor);
    if (known?.isRegistered) return known;
    return this.#known[kind].set(descriptor, this.#register(descriptor, kind));
  }

  /** Returns the variant of series that can never be shown. */
  discard(reason: DropReason): FamilyVariant {
    let variant = this.#discards.get(reason);
    if (variant === undefined) {
      variant = new FamilyVariant(new DiscardedFamily(reason), '');
      this.#discards.set(reason, variant);
    }
    return variant;
  }

  join(series: StoredSeries, variant: FamilyVariant): void {
    series.variant = variant;
    variant.count += 1;
    if (isShown(series)) variant.family.add(series);
  }

  /** Call after the series was marked as removed, or before it moves to another variant. */
  leave(series: StoredSeries, next?: FamilyVariant): void {
    const { variant } = series;
    variant.count -= 1;
    if (next !== undefined) series.variant = next;
    if (next?.family === variant.family) {
      next.count += 1;
    } else {
      if (isShown(series)) variant.family.remove();
      if (next !== undefined) this.join(series, next);
    }
    if (variant.count === 0) this.#mustReconsider = true;
  }

  /** Discards a variant without series: dropped points must not leave names behind. */
  release({ count, family }: FamilyVariant): void {
    const name = this.#names.get(family.name);
    if (count > 0 || name === undefined) return;
    this.#forgetEmpty(name, Number.NEGATIVE_INFINITY);
    this.#mustReconsider ||= this.#waiting.size > 0;
  }

  /** Calls `shown` for each family of the output in order, after assigning names that have become free. In slices. */
  *show(nowMs: number, shown: (family: Family) => void): Slices<void> {
    yield* this.#reconsider(nowMs);
    let steps = 0;
    for (const name of yield* this.#names.inOrder()) {
      if (++steps % namesPerSlice === 0) yield;
      const family = name.families.find((one) => one.refusal === undefined);
      if (family === undefined || family.count === 0) continue;
      this.#show(name, family, nowMs);
      shown(family);
    }
  }

  /** Yields families with series that are hidden, with the reason. */
  *hidden(): Generator<Family, void> {
    for (const family of this.#waiting) {
      if (family.count > 0) yield family;
    }
  }

  /**
   * Discards names without series that were not shown for the expiration time, and assigns free names to hidden
   * families.
   */
  *sweep(nowMs: number): Slices<void> {
    this.#mustReconsider = true;
    yield* this.#reconsider(nowMs);
    let steps = 0;
    for (const name of this.#names.values()) {
      for (const family of name.families) yield* family.compact();
      if (++steps % namesPerSlice === 0) yield;
    }
  }

  #show(name: FamilyName, family: Family, nowMs: number): void {
    let { shown } = name;
    if (shown === undefined) {
      const variant = name.variants.find((one) => one.count > 0 && one.family === family);
      shown = { type: family.type, help: variant?.help ?? '', lastSeenMs: nowMs };
      name.shown = shown;
    }
    shown.lastSeenMs = nowMs;
    this.#tellOtherHelps(name, family, shown.help);
    if (family.help !== shown.help) {
      family.help = shown.help;
      family.changed();
    }
  }

  /** Logs another help text like the Collector, but once per text and not on each scrape. */
  #tellOtherHelps({ variants }: FamilyName, family: Family, help: ByteString): void {
    for (const variant of variants) {
      if (variant.isTold || variant.help === help || variant.count === 0 || variant.family !== family) continue;
      variant.isTold = true;
      this.#logger.info('Instrument description conflict, using existing', {
        instrument: family.name,
        existing: help,
        dropped: variant.help,
      });
    }
  }

  #register(descriptor: MetricDescriptor, kind: MetricKind): FamilyVariant {
    const text = this.#nameOf(descriptor, kind);
    if (text === undefined) return this.discard('invalid_name');
    const name = this.#names.entry(toByteString(text));
    const type = typeOf(kind);
    // Prometheus refuses a whole scrape response for one invalid byte.
    const help = toByteString(descriptor.description.toWellFormed());
    const known = name.variants.find((one) => one.family.type === type && one.help === help);
    if (known !== undefined) return known;
    const variant = new FamilyVariant(this.#familyOf(name, type), help);
    name.variants.push(variant);
    return variant;
  }

  #nameOf(descriptor: MetricDescriptor, kind: MetricKind): string | undefined {
    const type = kind === 'counter' || kind === 'gauge' ? kind : 'other';
    try {
      return this.#namer.name({ name: descriptor.name, unit: descriptor.unit, type });
    } catch {
      return undefined;
    }
  }

  #familyOf(name: FamilyName, type: MetricType): Family {
    let family = name.families.find((one) => one.type === type);
    if (family === undefined) {
      family = new Family({ name: name.name, type, sendsTimestamps: this.#sendsTimestamps });
      family.refusal = this.#names.refusalOf(name, type);
      name.families.push(family);
      if (family.refusal !== undefined) this.#waiting.add(family);
    }
    return family;
  }

  /**
   * Call only after series were removed. Discards empty families, then evaluates hidden ones again in order of arrival.
   */
  *#reconsider(nowMs: number): Slices<void> {
    if (!this.#mustReconsider) return;
    this.#mustReconsider = false;
    let steps = 0;
    for (const name of this.#names.values()) {
      this.#forgetEmpty(name, nowMs);
      if (++steps % namesPerSlice === 0) yield;
    }
    for (const family of this.#waiting) {
      if (++steps % namesPerSlice === 0) yield;
      const name = this.#names.get(family.name);
      if (name === undefined) continue;
      family.refusal = this.#names.refusalOf(name, family.type);
      if (family.refusal === undefined) this.#waiting.delete(family);
    }
  }

  #forgetEmpty(name: FamilyName, nowMs: number): void {
    if (name.shown !== undefined) {
      const isStale = nowMs - this.#expirationMs > name.shown.lastSeenMs;
      const isGone = !name.families.some((one) => one.type === name.shown?.type && one.count > 0);
      if (isStale && isGone) name.shown = undefined;
      else if (isGone) this.#mustReconsider = true;
    }
    name.variants = name.variants.filter((one) => {
      one.isRegistered = one.count > 0;
      return one.isRegistered;
    });
    name.families = name.families.filter((one) => {
      if (one.count === 0) this.#waiting.delete(one);
      return one.count > 0;
    });
    if (name.families.length === 0 && name.shown === undefined) {
      this.#names.delete(name.name);
    }
  }
}

/** Whether a series shows its own points. An alias is shown by another series. */
function isShown(series: StoredSeries): boolean {
  return series.shownBy === series;
}

/** A family of series that are never shown. */
class DiscardedFamily extends Family {
  override readonly isDiscarded = true;

  constructor(reason: DropReason) {
    super({ name: '', type: 'untyped', sendsTimestamps: false });
    this.refusal = reason;
  }

  override add(): void {
    this.count += 1;
  }

  override remove(): void {
    this.count -= 1;
  }
}

function typeOf(kind: MetricKind): MetricType {
  return kind === 'upDownCounter' ? 'gauge' : kind;
}

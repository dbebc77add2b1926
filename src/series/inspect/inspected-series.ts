import { fromByteString } from '#bytes/utf8.ts';
import type { FamilyView, HistogramView, SeriesInstance } from '#component/views/series-view.ts';
import { valueText } from '#pdata/value-text.ts';
import type { Series } from '#prometheus/metric-family.ts';
import { countedSeries } from '../accumulation/counted-series.ts';
import { AccumulatedSeries } from '../accumulation/streams/accumulated-series.ts';
import type { Family } from '../family.ts';
import type { StoredSeries } from '../stored-series.ts';
import { quantileOf } from './quantile.ts';

/** Difference between the wall clock and the monotonic clock, and access to the views of families. */
export interface Surroundings {
  readonly unixMsAtZero: number;
  familyView(family: Family): FamilyView;
}

/** Series of one shape share the list of their label names. */
const texts = new WeakMap<readonly string[], readonly string[]>();

function textsOf(names: readonly string[]): readonly string[] {
  let found = texts.get(names);
  if (!found) {
    found = names.map(fromByteString);
    texts.set(names, found);
  }
  return found;
}

/** A stored series for the console. Texts are decoded on access. */
export class InspectedSeries implements SeriesInstance {
  readonly key: StoredSeries;
  readonly #surroundings: Surroundings;

  constructor(key: StoredSeries, surroundings: Surroundings) {
    this.key = key;
    this.#surroundings = surroundings;
  }

  get isLive(): boolean {
    return this.key.isLive;
  }

  get family(): FamilyView {
    return this.#surroundings.familyView(this.key.variant.family);
  }

  get labels(): readonly (readonly [string, string])[] {
    const { names, values } = this.key.labels;
    return textsOf(names).map((name, i) => [name, fromByteString(values[i]!)] as const);
  }

  get metricName(): string {
    return this.key.instrument.metricName;
  }

  get unit(): string {
    return this.key.instrument.descriptor?.unit ?? '';
  }

  attribute(key: string): string | undefined {
    const entry = this.key.attributes.entries.find((each) => each.key === key);
    return entry && valueText(entry.value);
  }

  get value(): number {
    const series = counted(this.key);
    return series.kind === 'number' ? series.value : series.count;
  }

  get histogram(): HistogramView | undefined {
    const series = counted(this.key);
    if (series.kind === 'number') return undefined;
    return { count: series.count, sum: series.sum, quantile: (q) => quantileOf(series, q) };
  }

  get updatedUnixMs(): number {
    return Math.round(this.#surroundings.unixMsAtZero + this.key.updatedMs);
  }

  get streamCount(): number | undefined {
    return this.key instanceof AccumulatedSeries ? this.key.streams.all().length : undefined;
  }
}

/** Returns the series with its actual value, even if the output shows its initial zero. */
function counted(series: StoredSeries): Series {
  return series instanceof AccumulatedSeries && series.isZeroHeld ? countedSeries(series) : series;
}

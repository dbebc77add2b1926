import type { Slices } from '#flow/slices.ts';
import type { MetricFamily, Series } from '#prometheus/metric-family.ts';
import { countedSeries } from './counted-series.ts';
import type { InitialZero } from './initial-zero.ts';
import type { AccumulatedSeries } from './streams/accumulated-series.ts';

/** Number of series to process between two pauses. */
const seriesPerSlice = 2_000;

/** Families for requests that are not from a scraper: series with an initial zero show their values. */
export class TotalsView {
  readonly #initialZero: InitialZero;

  constructor(initialZero: InitialZero) {
    this.#initialZero = initialZero;
  }

  /** Returns the family with its values, in slices. */
  *of(family: MetricFamily): Slices<MetricFamily> {
    if (this.#initialZero.heldCount === 0) return family;
    const shown: Series[] = [];
    let isOther = false;
    for (const series of family.series) {
      const one = withValue(series);
      isOther ||= one !== series;
      if (shown.push(one) % seriesPerSlice === 0) yield;
    }
    return isOther ? new FamilyOfTotals(family, shown) : family;
  }
}

class FamilyOfTotals implements MetricFamily {
  readonly series: readonly Series[];
  readonly #family: MetricFamily;

  constructor(family: MetricFamily, series: readonly Series[]) {
    this.#family = family;
    this.series = series;
  }

  get name() {
    return this.#family.name;
  }

  get help() {
    return this.#family.help;
  }

  get type() {
    return this.#family.type;
  }

  get version() {
    return this.#family.version;
  }
}

function isZeroHeld(series: Series): series is AccumulatedSeries & Series {
  return (series as Partial<AccumulatedSeries>).isZeroHeld === true;
}

function withValue(series: Series): Series {
  return isZeroHeld(series) ? countedSeries(series) : series;
}

import type { LabelSet, MetricFamily, Series } from '../metric-family.ts';
import { type PushOptions, staleSeriesOf, writeSeriesOf } from './from-families.ts';
import type { WriteSeries } from './write-series.ts';

/** Number of series to compare between two pauses. */
const seriesPerSlice = 500;

/** Maximum number of ends that wait to be sent again. Above it, the oldest ones are forgotten. */
const maxEnds = 100_000;

/** A stored series that the receiver has. */
interface Live {
  readonly family: MetricFamily;
  /** The bounds or quantiles that the receiver has. */
  readonly shape: readonly number[];
}

/** Series that have ended. */
type SeriesEnds = ReadonlyMap<Series, Live>;

/**
 * Turns the families of each push into series, and remembers them: a series that the next push no longer contains is ended with a stale
 * marker, as Prometheus does after a scrape.
 */
export class PushedSeries {
  #live = new Map<Series, Live>();
  /** Ends that the receiver may not have. */
  #again = new Map<Series, Live>();
  #ends: SeriesEnds = new Map();

  /** The series that the latest push has ended. */
  get ends(): SeriesEnds {
    return this.#ends;
  }

  /** Ends these series with the next push again, because a push that contained their ends was discarded. */
  endAgain(ends: SeriesEnds): void {
    for (const [series, live] of ends) this.#again.set(series, live);
    for (const series of this.#again.keys()) {
      if (this.#again.size <= maxEnds) break;
      this.#again.delete(series);
    }
  }

  /** Number of stored series that the receiver has. */
  get size(): number {
    return this.#live.size;
  }

  /** Yields the series of a push, and undefined where the work can pause. Consume all of them. */
  *next(families: readonly MetricFamily[], options: PushOptions): Generator<WriteSeries | undefined, void> {
    const before = this.#live;
    const now = new Map<Series, Live>();
    this.#live = now;
    const ended = this.#again;
    this.#again = new Map();
    for (const family of families) {
      for (const series of family.series) {
        const shape = shapeOf(series);
        const known = before.get(series);
        now.set(series, { family, shape });
        if (known !== undefined && known.family.name === family.name && isSame(known.shape, shape)) {
          before.delete(series);
        }
        yield* writeSeriesOf(family, series, options);
      }
    }
    for (const [series, gone] of before) ended.set(series, gone);
    this.#ends = ended;
    if (ended.size > 0) yield* this.#endOf(ended, options);
  }

  /** Yields the ends of series, except of those that another stored series continues under the same labels. */
  *#endOf(ended: SeriesEnds, options: PushOptions): Generator<WriteSeries | undefined, void> {
    const names = new Set([...ended.values()].map(({ family }) => family.name));
    const current = new Set<string>();
    let steps = 0;
    for (const [series, { family }] of this.#live) {
      if (++steps % seriesPerSlice === 0) yield undefined;
      if (!names.has(family.name)) continue;
      for (const one of writeSeriesOf(family, series, options)) current.add(keyOf(one.labels));
    }
    for (const [series, { family, shape }] of ended) {
      for (const one of writeSeriesOf(family, withShape(series, shape), options)) {
        if (!current.has(keyOf(one.labels))) yield staleSeriesOf(one, options.nowMs);
      }
    }
  }
}

const noShape: readonly number[] = [];

function shapeOf(series: Series): readonly number[] {
  switch (series.kind) {
    case 'number':
      return noShape;
    case 'summary':
      return series.quantiles;
    case 'histogram':
      return series.upperBounds;
    case 'nativeHistogram':
      return series.classic?.upperBounds ?? noShape;
  }
}

/** Returns a series with the bounds or quantiles that it had. Its values do not matter. */
function withShape(series: Series, shape: readonly number[]): Series {
  const { labels, timestampMs } = series;
  const head = { labels, timestampMs, createdUnixNano: undefined };
  const values = new Array<number>(shape.length).fill(0);
  switch (series.kind) {
    case 'number':
      return { ...head, kind: 'number', value: 0, exemplar: undefined };
    case 'summary':
      return { ...head, kind: 'summary', count: 0, sum: 0, quantiles: shape, values };
    case 'histogram':
      return {
        ...head,
        kind: 'histogram',
        count: 0,
        sum: 0,
        upperBounds: shape,
        cumulativeCounts: values,
        exemplars: undefined,
      };
    case 'nativeHistogram':
      return {
        ...head,
        kind: 'nativeHistogram',
        count: 0,
        sum: 0,
        schema: series.schema,
        zeroThreshold: series.zeroThreshold,
        zeroCount: 0,
        positive: { spans: [], deltas: [] },
        negative: { spans: [], deltas: [] },
        exemplars: [],
        classic: { upperBounds: shape, cumulativeCounts: values },
      };
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => Object.is(bound, b[i])));
}

/** 0xff is not valid in UTF-8. */
function keyOf({ names, values }: Pick<LabelSet, 'names' | 'values'>): string {
  return names.map((name, i) => `${name}\xff${values[i]}`).join('\xff');
}

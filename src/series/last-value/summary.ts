import type { SummaryDataPoint, ValueAtQuantile } from '#pdata/metrics.ts';
import type { LabelSet, SummarySeries } from '#prometheus/metric-family.ts';
import type { ExpirationMs } from '../expirations.ts';
import { type AppendOutcome, changed, dropped } from '../outcome.ts';
import { beforeAllTimes, createdTime, floorToMs, signedTime } from '../point-times.ts';
import type { SeriesRule } from '../policy.ts';
import { SeriesRecord } from '../stored-series.ts';

const outOfOrder = dropped('out_of_order');

/** The last value of a summary. */
class LastSummary extends SeriesRecord implements SummarySeries {
  count = 0;
  sum = 0;
  timeUnixNano = beforeAllTimes;
  startUnixNano = 0n;
  quantileValues: readonly ValueAtQuantile[] = [];

  get kind(): 'summary' {
    return 'summary';
  }

  get timestampMs(): number | undefined {
    return this.variant.family.sendsTimestamps ? floorToMs(this.timeUnixNano) : undefined;
  }

  get createdUnixNano(): bigint | undefined {
    return createdTime(this.startUnixNano);
  }

  get quantiles(): readonly number[] {
    return this.quantileValues.map(({ quantile }) => quantile);
  }

  get values(): readonly number[] {
    return this.quantileValues.map(({ value }) => value);
  }
}

/** Summaries: the point with the latest time. */
export class LastSummaryRule implements SeriesRule {
  readonly #expirationMs: ExpirationMs;

  constructor(expirationMs: ExpirationMs) {
    this.#expirationMs = expirationMs;
  }

  create(labels: LabelSet): SeriesRecord {
    return new LastSummary(labels);
  }

  accept(stored: SeriesRecord, point: SummaryDataPoint): AppendOutcome {
    const series = stored as LastSummary;
    const time = signedTime(point.timeUnixNano);
    if (time < series.timeUnixNano) return outOfOrder;
    series.timeUnixNano = time;
    series.startUnixNano = signedTime(point.startTimeUnixNano);
    series.count = point.count;
    series.sum = point.sum;
    series.quantileValues = shownQuantiles(point.quantileValues);
    return changed;
  }

  end(): 'remove' {
    return 'remove';
  }

  expirationMs(series: SeriesRecord): number {
    return this.#expirationMs(series);
  }
}

/**
 * Returns quantiles in ascending order. The last value of a repeated quantile applies
 * (docs/reference/collector-behaviour.md#summaries). NaN is first and never a repetition.
 */
export function shownQuantiles(given: readonly ValueAtQuantile[]): readonly ValueAtQuantile[] {
  let isAscending = true;
  for (let i = 1; i < given.length; i++) {
    if (!(given[i]!.quantile > given[i - 1]!.quantile)) isAscending = false;
  }
  if (isAscending && given.every(({ quantile }) => !Number.isNaN(quantile))) return given;
  const byQuantile = new Map<number | symbol, ValueAtQuantile>();
  for (const one of given) {
    const key = Number.isNaN(one.quantile) ? Symbol() : one.quantile + 0;
    // The first spelling of 0 remains, like the key of a map.
    const quantile = byQuantile.get(key)?.quantile ?? one.quantile;
    byQuantile.set(key, { quantile, value: one.value });
  }
  return [...byQuantile.values()].sort((a, b) =>
    Number.isNaN(a.quantile) ? -1 : Number.isNaN(b.quantile) ? 1 : a.quantile - b.quantile,
  );
}

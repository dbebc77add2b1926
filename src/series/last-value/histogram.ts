import { type Exemplar, type HistogramDataPoint, type HistogramMetric, temporality } from '#pdata/metrics.ts';
import type { HistogramSeries, LabelSet, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { type ClassicBuckets, classicBuckets } from '../classic-histogram.ts';
import { bucketExemplars, keptExemplars } from '../exemplar-view.ts';
import type { ExpirationMs } from '../expirations.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../outcome.ts';
import { beforeAllTimes, createdTime, floorToMs, signedTime } from '../point-times.ts';
import type { PointContext, SeriesRule } from '../policy.ts';
import { SeriesRecord } from '../stored-series.ts';
import type { DeltaAlignment } from './delta-alignment.ts';
import { keptCounts } from './kept-counts.ts';

const outOfOrder = dropped('out_of_order');
const unsupportedTemporality = dropped('unsupported_temporality');
const misaligned = dropped('misaligned_delta');
const longerBucketList = dropped('bucket_list_mismatch');

/** The last value of a histogram with explicit bounds. */
class LastHistogram extends SeriesRecord implements HistogramSeries {
  count = 0;
  sum = 0;
  timeUnixNano = beforeAllTimes;
  startUnixNano = 0n;
  explicitBounds: readonly number[] = [];
  bucketCounts: number[] = [];
  pointExemplars: readonly Exemplar[] = [];

  get kind(): 'histogram' {
    return 'histogram';
  }

  get timestampMs(): number | undefined {
    return this.variant.family.sendsTimestamps ? floorToMs(this.timeUnixNano) : undefined;
  }

  get createdUnixNano(): bigint | undefined {
    return createdTime(this.startUnixNano);
  }

  get upperBounds(): readonly number[] {
    return this.#buckets().upperBounds;
  }

  get cumulativeCounts(): readonly number[] {
    return this.#buckets().cumulativeCounts;
  }

  get exemplars(): readonly (PrometheusExemplar | undefined)[] | undefined {
    if (this.pointExemplars.length === 0) return undefined;
    return bucketExemplars(this.pointExemplars, this.upperBounds);
  }

  #buckets(): ClassicBuckets {
    return classicBuckets(this.explicitBounds, this.bucketCounts);
  }
}

/**
 * Histograms: the last cumulative point. Deltas are added up while each begins where the last one ended
 * (docs/reference/collector-behaviour.md#last-value-rules).
 */
export class LastHistogramRule implements SeriesRule {
  readonly #expirationMs: ExpirationMs;
  readonly #alignment: DeltaAlignment;

  constructor(expirationMs: ExpirationMs, alignment: DeltaAlignment) {
    this.#expirationMs = expirationMs;
    this.#alignment = alignment;
  }

  create(labels: LabelSet): SeriesRecord {
    return new LastHistogram(labels);
  }

  accept(stored: SeriesRecord, point: HistogramDataPoint, context: PointContext): AppendOutcome {
    const series = stored as LastHistogram;
    const metric = context.metric as HistogramMetric;
    const time = signedTime(point.timeUnixNano);
    if (series.timeUnixNano === beforeAllTimes) return replace(series, point, time);
    switch (metric.aggregationTemporality) {
      case temporality.cumulative:
        return time < series.timeUnixNano ? outOfOrder : replace(series, point, time);
      case temporality.delta:
        switch (this.#alignment.of(point, series, metric.descriptor.name)) {
          case 'continues':
            return merge(series, point, time);
          case 'restarts':
            return replace(series, point, time);
          default:
            return misaligned;
        }
      default:
        return unsupportedTemporality;
    }
  }

  end(): 'remove' {
    return 'remove';
  }

  expirationMs(series: SeriesRecord): number {
    return this.#expirationMs(series);
  }
}

function replace(series: LastHistogram, point: HistogramDataPoint, time: bigint): AppendOutcome {
  const start = signedTime(point.startTimeUnixNano);
  const sum = point.sum ?? 0;
  const isSame =
    point.count === series.count &&
    Object.is(sum, series.sum) &&
    start === series.startUnixNano &&
    point.exemplars.length === 0 &&
    series.pointExemplars.length === 0 &&
    !(series.variant.family.sendsTimestamps && time !== series.timeUnixNano) &&
    isEqual(point.bucketCounts, series.bucketCounts) &&
    isEqual(point.explicitBounds, series.explicitBounds);
  series.timeUnixNano = time;
  if (isSame) return unchanged;
  series.count = point.count;
  series.sum = sum;
  series.startUnixNano = start;
  series.bucketCounts = keptCounts(series.bucketCounts, point.bucketCounts);
  if (!isEqual(point.explicitBounds, series.explicitBounds)) series.explicitBounds = point.explicitBounds;
  series.pointExemplars = keptExemplars(point.exemplars, series);
  return changed;
}

/** Adds a delta. If its bounds differ, it replaces everything except the start. Exemplars are discarded. */
function merge(series: LastHistogram, point: HistogramDataPoint, time: bigint): AppendOutcome {
  const isNewer = time >= series.timeUnixNano;
  const newer = isNewer ? point : series;
  const older = isNewer ? series : point;
  if (isEqual(point.explicitBounds, series.explicitBounds)) {
    if (older.bucketCounts.length < newer.bucketCounts.length) return longerBucketList;
    const counts = newer.bucketCounts.map((count, i) => count + older.bucketCounts[i]!);
    series.count += point.count;
    series.sum += point.sum ?? 0;
    series.bucketCounts = counts;
  } else {
    series.count = newer.count;
    series.sum = newer.sum ?? 0;
    series.bucketCounts = keptCounts(series.bucketCounts, newer.bucketCounts);
    series.explicitBounds = newer.explicitBounds;
  }
  series.pointExemplars = [];
  if (isNewer) series.timeUnixNano = time;
  return changed;
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

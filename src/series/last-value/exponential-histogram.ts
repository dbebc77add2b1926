import {
  type Buckets,
  type Exemplar,
  type ExponentialHistogramDataPoint,
  type ExponentialHistogramMetric,
  temporality,
} from '#pdata/metrics.ts';
import type { LabelSet, NativeBuckets, NativeHistogramSeries, PrometheusExemplar } from '#prometheus/metric-family.ts';
import type { ClassicBounds } from '../classic-bounds.ts';
import { classicView } from '../classic-buckets.ts';
import { prometheusExemplar } from '../exemplar-view.ts';
import type { ExpirationMs } from '../expirations.ts';
import { type ExponentialValue, type MergedExponential, mergeExponential } from '../exponential-merge.ts';
import { maxNativeSchema, nativeBuckets, nativeDefect, nativeZeroThreshold } from '../native-histogram.ts';
import { type AppendOutcome, changed, type DropReason, dropped, unservable } from '../outcome.ts';
import { beforeAllTimes, floorToMs, nativeCreatedTime, signedTime } from '../point-times.ts';
import type { PointContext, SeriesIdentity, SeriesRule } from '../policy.ts';
import { SeriesRecord } from '../stored-series.ts';
import type { DeltaAlignment } from './delta-alignment.ts';
import { keptCounts } from './kept-counts.ts';

const outOfOrder = dropped('out_of_order');
const unsupportedTemporality = dropped('unsupported_temporality');
const misaligned = dropped('misaligned_delta');
const tooManyBuckets = dropped('too_many_buckets');

/** State of the latest point, reused for the next one. */
type KeptValue = { -readonly [K in keyof MergedExponential]: MergedExponential[K] } & {
  readonly positive: KeptBuckets;
  readonly negative: KeptBuckets;
};

interface KeptBuckets {
  offset: number;
  bucketCounts: number[];
}

/** The last value of an exponential histogram. */
class LastExponential extends SeriesRecord implements NativeHistogramSeries {
  timeUnixNano = beforeAllTimes;
  startUnixNano = 0n;
  readonly #latest: KeptValue = {
    scale: 0,
    pointScale: 0,
    count: 0,
    sum: undefined,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, bucketCounts: [] },
    negative: { offset: 0, bucketCounts: [] },
  };
  pointExemplars: readonly Exemplar[] = [];
  #defect: DropReason | undefined = undefined;
  readonly #classicBounds: readonly number[];

  constructor(labels: LabelSet, classicBounds: readonly number[]) {
    super(labels);
    this.#classicBounds = classicBounds;
  }

  get kind(): 'nativeHistogram' {
    return 'nativeHistogram';
  }

  override get defect(): DropReason | undefined {
    return this.#defect;
  }

  get timestampMs(): number | undefined {
    return this.variant.family.sendsTimestamps ? floorToMs(this.timeUnixNano) : undefined;
  }

  get createdUnixNano(): bigint {
    return nativeCreatedTime(this.startUnixNano);
  }

  get count(): number {
    return this.#latest.count;
  }

  get sum(): number {
    return this.#latest.sum ?? 0;
  }

  get schema(): number {
    return Math.min(this.#latest.scale, maxNativeSchema);
  }

  get zeroThreshold(): number {
    return nativeZeroThreshold(this.#latest.zeroThreshold);
  }

  get zeroCount(): number {
    return this.#latest.zeroCount;
  }

  get positive(): NativeBuckets {
    return nativeBuckets(this.#latest.positive, this.#latest.scale);
  }

  get negative(): NativeBuckets {
    return nativeBuckets(this.#latest.negative, this.#latest.scale);
  }

  get exemplars(): readonly PrometheusExemplar[] {
    return this.pointExemplars.map(prometheusExemplar);
  }

  get classic(): NativeHistogramSeries['classic'] {
    return classicView(this.#latest, this.#classicBounds);
  }

  /** Changes with the next point. */
  get latest(): MergedExponential {
    return this.#latest;
  }

  /** Copies another value. */
  set(value: ExponentialValue & Partial<MergedExponential>, exemplars: readonly Exemplar[]): AppendOutcome {
    const latest = this.#latest;
    latest.scale = value.scale;
    latest.pointScale = value.pointScale ?? value.scale;
    latest.count = value.count;
    latest.sum = value.sum;
    latest.zeroCount = value.zeroCount;
    latest.zeroThreshold = value.zeroThreshold;
    keepBuckets(latest.positive, value.positive);
    keepBuckets(latest.negative, value.negative);
    this.pointExemplars = exemplars;
    this.#defect = nativeDefect(latest);
    return this.#defect === undefined ? changed : unservable(this.#defect);
  }
}

/** Exponential histograms: like {@link LastHistogramRule}, with the Collector's way of merging deltas. */
export class LastExponentialRule implements SeriesRule {
  readonly #expirationMs: ExpirationMs;
  readonly #alignment: DeltaAlignment;
  readonly #classicBounds: ClassicBounds;

  constructor(options: { expirationMs: ExpirationMs; alignment: DeltaAlignment; classicBounds: ClassicBounds }) {
    this.#expirationMs = options.expirationMs;
    this.#alignment = options.alignment;
    this.#classicBounds = options.classicBounds;
  }

  create(labels: LabelSet, { metric }: SeriesIdentity): SeriesRecord {
    return new LastExponential(labels, this.#classicBounds(metric.descriptor.unit));
  }

  accept(stored: SeriesRecord, point: ExponentialHistogramDataPoint, context: PointContext): AppendOutcome {
    const series = stored as LastExponential;
    const metric = context.metric as ExponentialHistogramMetric;
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

function replace(series: LastExponential, point: ExponentialHistogramDataPoint, time: bigint): AppendOutcome {
  series.timeUnixNano = time;
  series.startUnixNano = signedTime(point.startTimeUnixNano);
  return series.set(point, point.exemplars);
}

function merge(series: LastExponential, point: ExponentialHistogramDataPoint, time: bigint): AppendOutcome {
  const merged = mergeExponential(series.latest, point);
  if (merged === undefined) return tooManyBuckets;
  if (time < series.timeUnixNano) series.startUnixNano = signedTime(point.startTimeUnixNano);
  else series.timeUnixNano = time;
  return series.set(merged, []);
}

function keepBuckets(kept: KeptBuckets, { offset, bucketCounts }: Buckets): void {
  kept.offset = offset;
  kept.bucketCounts = keptCounts(kept.bucketCounts, bucketCounts);
}

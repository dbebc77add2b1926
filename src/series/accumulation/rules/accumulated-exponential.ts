import type { Buckets, Exemplar } from '#pdata/metrics.ts';
import type { LabelSet, NativeBuckets, NativeHistogramSeries, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { cumulated } from '../../classic-buckets.ts';
import { prometheusExemplar } from '../../exemplar-view.ts';
import { maxNativeSchema, nativeBuckets, nativeZeroThreshold } from '../../native-histogram.ts';
import { ExactSum } from '../exact-sum.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import {
  addInto,
  coarserBuckets,
  fitInto,
  joinedBuckets,
  noBuckets,
  populatedRange,
  stepsToFit,
} from './exponential-buckets.ts';
import type { StreamRule } from './stream-rule.ts';
import { coveredByZero, raisedThreshold, type ZeroCovered } from './zero-bucket.ts';

/**
 * Maximum number of buckets of a total on each side of zero, same as in SDKs. A wider range makes the total coarser.
 */
export const maxBuckets = 160;

/** The sum of the exponential histograms of all processes, as coarse as the coarsest of them. */
export class AccumulatedExponential extends AccumulatedSeries implements NativeHistogramSeries {
  readonly kind = 'nativeHistogram';
  /** A Prometheus server that scrapes native histograms also stores the classic ones if configured. */
  get hasClassicInProtobuf(): boolean {
    return true;
  }

  scale = Number.POSITIVE_INFINITY;
  totalCount = 0;
  readonly totalSum = new ExactSum();
  totalZeroCount = 0;
  threshold = 0;
  /** The arrays of both sides belong to the series. */
  positiveBuckets: Buckets = noBuckets;
  negativeBuckets: Buckets = noBuckets;
  /** Added up from the points, each at its own scale. Finer than the total, and never decreases. */
  readonly classicCounts: number[];
  readonly classicBounds: readonly number[];
  pointExemplars: readonly Exemplar[] = [];

  constructor(labels: LabelSet, rule: StreamRule, identityHash: number, classicBounds: readonly number[]) {
    super(labels, rule, identityHash);
    this.classicBounds = classicBounds;
    this.classicCounts = new Array<number>(classicBounds.length).fill(0);
  }

  get count(): number {
    return this.isZeroHeld ? 0 : this.totalCount;
  }

  get sum(): number {
    return this.isZeroHeld ? 0 : this.totalSum.value;
  }

  get schema(): number {
    return Math.min(this.scale, maxNativeSchema);
  }

  get zeroThreshold(): number {
    return nativeZeroThreshold(this.threshold);
  }

  get zeroCount(): number {
    return this.isZeroHeld ? 0 : this.totalZeroCount;
  }

  get positive(): NativeBuckets {
    return nativeBuckets(this.isZeroHeld ? noBuckets : this.positiveBuckets, this.scale);
  }

  get negative(): NativeBuckets {
    return nativeBuckets(this.isZeroHeld ? noBuckets : this.negativeBuckets, this.scale);
  }

  get exemplars(): readonly PrometheusExemplar[] {
    return this.pointExemplars.map(prometheusExemplar);
  }

  get classic(): NativeHistogramSeries['classic'] {
    const upperBounds = this.classicBounds;
    if (upperBounds.length === 0) return undefined;
    const cumulativeCounts = this.isZeroHeld ? upperBounds.map(() => 0) : cumulated(this.classicCounts);
    return { upperBounds, cumulativeCounts };
  }

  /** Adds buckets of any scale and zero threshold. The total becomes as coarse as necessary. */
  addBuckets(added: ZeroCovered): void {
    this.totalZeroCount += added.zeroCount;
    this.#joinBuckets(added);
    const threshold = Math.max(this.threshold, added.zeroThreshold);
    if (threshold === 0) return;
    const total = {
      scale: this.scale,
      zeroCount: this.totalZeroCount,
      zeroThreshold: 0,
      positive: this.positiveBuckets,
      negative: this.negativeBuckets,
    };
    const covered = coveredByZero(total, raisedThreshold(total, threshold));
    this.threshold = covered.zeroThreshold;
    this.totalZeroCount = covered.zeroCount;
    this.positiveBuckets = covered.positive;
    this.negativeBuckets = covered.negative;
  }

  #joinBuckets(added: ZeroCovered): void {
    if (!populatedRange(added.positive) && !populatedRange(added.negative)) {
      // Without buckets there is no scale.
      if (this.scale === Number.POSITIVE_INFINITY) this.scale = added.scale;
      return;
    }
    const finer = added.scale - this.scale;
    if (
      finer >= 0 &&
      fitInto(this.positiveBuckets, added.positive, finer) &&
      fitInto(this.negativeBuckets, added.negative, finer)
    ) {
      // Most points: the total has their buckets already.
      addInto(this.positiveBuckets, added.positive, finer);
      addInto(this.negativeBuckets, added.negative, finer);
      return;
    }
    const isFirst = !populatedRange(this.positiveBuckets) && !populatedRange(this.negativeBuckets);
    let scale = isFirst ? added.scale : Math.min(this.scale, added.scale);
    const brought = (side: 'positive' | 'negative') =>
      [
        coarserBuckets(this[`${side}Buckets`], this.scale - scale),
        coarserBuckets(added[side], added.scale - scale),
      ] as const;
    const steps = (side: 'positive' | 'negative') => stepsToFit(...brought(side), maxBuckets);
    scale -= Math.max(steps('positive'), steps('negative'));
    this.positiveBuckets = joinedBuckets(...brought('positive'));
    this.negativeBuckets = joinedBuckets(...brought('negative'));
    this.scale = scale;
  }
}

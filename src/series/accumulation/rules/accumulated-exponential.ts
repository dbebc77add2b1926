import type { Buckets, Exemplar } from '#pdata/metrics.ts';
import type { LabelSet, NativeBuckets, NativeHistogramSeries, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { cumulated } from '../../classic-buckets.ts';
import { prometheusExemplar } from '../../exemplar-view.ts';
import type { ExponentialValue } from '../../exponential-merge.ts';
import { maxNativeSchema, nativeBuckets, nativeZeroThreshold } from '../../native-histogram.ts';
import { ExactSum } from '../exact-sum.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { coarserBuckets, joinedBuckets, noBuckets, populatedRange, stepsToFit } from './exponential-buckets.ts';
import type { StreamRule } from './stream-rule.ts';

/** Buckets of a total on each side of zero: as many as the SDKs keep of one stream. A wider range becomes coarser. */
export const maxBuckets = 160;

/** The sum of the exponential histograms of all processes, as coarse as the coarsest of them. */
export class AccumulatedExponential extends AccumulatedSeries implements NativeHistogramSeries {
  readonly kind = 'nativeHistogram';
  scale = Number.POSITIVE_INFINITY;
  totalCount = 0;
  readonly totalSum = new ExactSum();
  totalZeroCount = 0;
  threshold = 0;
  positiveBuckets: Buckets = noBuckets;
  negativeBuckets: Buckets = noBuckets;
  /** Classic buckets add up by themselves, each point at its own scale: they are finer than the total, and never fall. */
  readonly classicCounts: number[];
  readonly #classicBounds: readonly number[];
  pointExemplars: readonly Exemplar[] = [];

  constructor(labels: LabelSet, rule: StreamRule) {
    super(labels, rule);
    this.#classicBounds = rule.accumulation.classicBounds;
    this.classicCounts = new Array<number>(this.#classicBounds.length).fill(0);
  }

  get count(): number {
    return this.isHeld ? 0 : this.totalCount;
  }

  get sum(): number {
    return this.isHeld ? 0 : this.totalSum.value;
  }

  get schema(): number {
    return Math.min(this.scale, maxNativeSchema);
  }

  get zeroThreshold(): number {
    return nativeZeroThreshold(this.threshold);
  }

  get zeroCount(): number {
    return this.isHeld ? 0 : this.totalZeroCount;
  }

  get positive(): NativeBuckets {
    return nativeBuckets(this.isHeld ? noBuckets : this.positiveBuckets, this.scale);
  }

  get negative(): NativeBuckets {
    return nativeBuckets(this.isHeld ? noBuckets : this.negativeBuckets, this.scale);
  }

  get exemplars(): readonly PrometheusExemplar[] {
    return this.pointExemplars.map(prometheusExemplar);
  }

  get classic(): NativeHistogramSeries['classic'] {
    const upperBounds = this.#classicBounds;
    if (upperBounds.length === 0) return undefined;
    const cumulativeCounts = this.isHeld ? upperBounds.map(() => 0) : cumulated(this.classicCounts);
    return { upperBounds, cumulativeCounts };
  }

  /** Adds buckets of any scale; the total becomes as coarse as they need. */
  addBuckets(added: Pick<ExponentialValue, 'scale' | 'positive' | 'negative'>): void {
    if (!populatedRange(added.positive) && !populatedRange(added.negative)) {
      // Nothing that a scale could describe.
      if (this.scale === Number.POSITIVE_INFINITY) this.scale = added.scale;
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

import type { Buckets } from '#pdata/metrics.ts';
import type { NativeBuckets } from '#prometheus/metric-family.ts';
import type { DropReason } from './outcome.ts';

/** Prometheus supports schemas from -4 to 8. Finer OTLP scales are made coarser; coarser ones cannot be shown. */
const minNativeSchema = -4;
export const maxNativeSchema = 8;

/** Zero threshold that replaces 0 (docs/reference/collector-behaviour.md#native-histograms). */
const defaultZeroThreshold = 1e-128;

/** Properties that determine whether an exponential histogram can be a native one. */
export interface ExponentialCounts {
  readonly scale: number;
  readonly count: number;
  readonly sum: number | undefined;
  readonly zeroCount: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/** Returns the reason why Prometheus would refuse the histogram. Undefined if it is accepted. */
export function nativeDefect({
  scale,
  count,
  sum,
  zeroCount,
  positive,
  negative,
}: ExponentialCounts): DropReason | undefined {
  if (scale < minNativeSchema) return 'unsupported_scale';
  const population = total(positive.bucketCounts) + total(negative.bucketCounts) + zeroCount;
  const isWrong = Number.isNaN(sum ?? 0) ? population > count : population !== count;
  return isWrong ? 'bucket_sum_mismatch' : undefined;
}

/** Returns the zero threshold in Prometheus; the default replaces 0. */
export function nativeZeroThreshold(zeroThreshold: number): number {
  return zeroThreshold === 0 ? defaultZeroThreshold : zeroThreshold;
}

/**
 * Converts dense OTLP buckets to spans and deltas. OTLP index i is Prometheus' i + 1. Scales above 8 are reduced to 8.
 */
export function nativeBuckets({ offset, bucketCounts }: Buckets, scale: number): NativeBuckets {
  if (bucketCounts.length === 0) return noBuckets;
  const shift = Math.min(Math.max(scale - maxNativeSchema, 0), 31);
  const first = (offset >> shift) + 1;
  const deltas: number[] = [];
  let before = 0;
  let index = first;
  let count = 0;
  for (let i = 0; i < bucketCounts.length; i++) {
    const at = ((offset + i) >> shift) + 1;
    if (at !== index) {
      deltas.push(count - before);
      before = count;
      count = 0;
      index = at;
    }
    count += bucketCounts[i]!;
  }
  deltas.push(count - before);
  return { spans: [{ offset: first, length: deltas.length }], deltas };
}

const noBuckets: NativeBuckets = { spans: [], deltas: [] };

function total(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

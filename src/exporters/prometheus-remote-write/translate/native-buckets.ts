import type { Buckets } from '#pdata/metrics.ts';
import type { NativeBuckets } from '#prometheus/metric-family.ts';

/** Up to this number of empty buckets are sent as such. Longer gaps begin a new span. */
const maxGap = 2;

/**
 * Converts dense OTLP buckets to spans and deltas, in the Collector's layout: a span begins at the first bucket, empty buckets at the
 * end are a part of the last span. OTLP index i is Prometheus' i + 1. `shift`: by how many scales the buckets become coarser.
 */
export function nativeBuckets({ offset, bucketCounts }: Buckets, shift: number): NativeBuckets {
  if (bucketCounts.length === 0) return { spans: [], deltas: [] };
  const indexOf = (i: number) => ((offset + i) >> shift) + 1;
  const last = bucketCounts.length - 1;
  const spans = [{ offset: indexOf(0), length: 0 }];
  const deltas: number[] = [];
  let before = 0;
  let next = indexOf(0);
  const append = (count: number) => {
    spans[spans.length - 1]!.length += 1;
    deltas.push(count - before);
    before = count;
    next += 1;
  };
  let count = 0;
  for (let i = 0; i <= last; i++) {
    count += bucketCounts[i]!;
    const index = indexOf(i);
    const isComplete = i === last || indexOf(i + 1) !== index;
    if (!isComplete || (count === 0 && i < last)) continue;
    const gap = index - next;
    if (gap > maxGap) {
      spans.push({ offset: gap, length: 0 });
      next = index;
    }
    while (next < index) append(0);
    append(count);
    count = 0;
  }
  return { spans, deltas };
}

import type { Exemplar } from '#pdata/metrics.ts';
import type { PrometheusExemplar } from '#prometheus/metric-family.ts';
import { signedTime } from './point-times.ts';

/** Converts an exemplar to Prometheus's form, without filtered attributes (docs/reference/collector-behaviour.md#exemplars). */
export function prometheusExemplar({ traceId, spanId, value, timeUnixNano }: Exemplar): PrometheusExemplar {
  return {
    traceId: withoutZero(traceId),
    spanId: withoutZero(spanId),
    value: Number(value ?? 0),
    timeUnixNano: signedTime(timeUnixNano),
  };
}

/** A counter shows the last one. */
export function lastExemplar(exemplars: readonly Exemplar[]): PrometheusExemplar | undefined {
  const last = exemplars.at(-1);
  return last === undefined ? undefined : prometheusExemplar(last);
}

/** Up to so many exemplars of a histogram are kept as they came. */
const fewExemplars = 64;

/** The exemplars of a classic histogram that are worth keeping, in order: of many, the last one of each bucket. */
export function keptExemplars(
  exemplars: readonly Exemplar[],
  series: { readonly upperBounds: readonly number[] },
): readonly Exemplar[] {
  if (exemplars.length <= fewExemplars) return exemplars;
  const { upperBounds } = series;
  const last = new Map<number, Exemplar>();
  for (const exemplar of exemplars) {
    const bucket = bucketOf(upperBounds, Number(exemplar.value ?? 0));
    // Behind those of other buckets, so that the order remains.
    last.delete(bucket);
    last.set(bucket, exemplar);
  }
  return [...last.values()];
}

/** A classic histogram shows the last one of each bucket: the first whose bound is not below the value, else +Inf. */
export function bucketExemplars(
  exemplars: readonly Exemplar[],
  upperBounds: readonly number[],
): (PrometheusExemplar | undefined)[] | undefined {
  if (exemplars.length === 0) return undefined;
  const byBucket = new Array<PrometheusExemplar | undefined>(upperBounds.length + 1).fill(undefined);
  for (const exemplar of exemplars) {
    const shown = prometheusExemplar(exemplar);
    byBucket[bucketOf(upperBounds, shown.value)] = shown;
  }
  return byBucket;
}

/** The index of the first bound that is not below a value; the number of bounds if there is none. Bounds ascend; NaN comes first. */
function bucketOf(upperBounds: readonly number[], value: number): number {
  let low = 0;
  let high = upperBounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upperBounds[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** An id of zeros means none. */
function withoutZero(id: string): string {
  return /^0*$/.test(id) ? '' : id;
}

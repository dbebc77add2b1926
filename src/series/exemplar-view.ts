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

/** Returns the exemplar that a counter shows: the last one. */
export function lastExemplar(exemplars: readonly Exemplar[]): PrometheusExemplar | undefined {
  const last = exemplars.at(-1);
  return last === undefined ? undefined : prometheusExemplar(last);
}

/** Maximum number of exemplars of a histogram to keep unchanged. */
const fewExemplars = 64;

/**
 * Returns the exemplars of a classic histogram to keep, in order. If there are many, these are the last ones of each
 * bucket.
 */
export function keptExemplars(
  exemplars: readonly Exemplar[],
  series: { readonly upperBounds: readonly number[] },
): readonly Exemplar[] {
  if (exemplars.length <= fewExemplars) return exemplars;
  const { upperBounds } = series;
  const last = new Map<number, Exemplar>();
  for (const exemplar of exemplars) {
    const bucket = bucketOf(upperBounds, Number(exemplar.value ?? 0));
    // Moves the bucket behind the others, so that the order is preserved.
    last.delete(bucket);
    last.set(bucket, exemplar);
  }
  return [...last.values()];
}

/**
 * Returns the exemplars that a classic histogram shows: the last one of each bucket. The bucket is the first whose
 * bound is greater than or equal to the value, otherwise +Inf.
 */
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

/**
 * Returns the index of the first bound greater than or equal to a value, or the number of bounds if there is none.
 * Bounds are ascending; NaN is first.
 */
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

/** Returns an ID, or an empty text for an ID of zeros. */
function withoutZero(id: string): string {
  return /^0*$/.test(id) ? '' : id;
}

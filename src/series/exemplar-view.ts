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

/** A classic histogram shows the last one of each bucket: the first whose bound is not below the value, else +Inf. */
export function bucketExemplars(
  exemplars: readonly Exemplar[],
  upperBounds: readonly number[],
): (PrometheusExemplar | undefined)[] | undefined {
  if (exemplars.length === 0) return undefined;
  const byBucket = new Array<PrometheusExemplar | undefined>(upperBounds.length + 1).fill(undefined);
  for (const exemplar of exemplars) {
    const shown = prometheusExemplar(exemplar);
    const bucket = upperBounds.findIndex((bound) => bound >= shown.value);
    byBucket[bucket < 0 ? upperBounds.length : bucket] = shown;
  }
  return byBucket;
}

/** An id of zeros means none. */
function withoutZero(id: string): string {
  return /^0*$/.test(id) ? '' : id;
}

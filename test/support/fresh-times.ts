import { decodeRequest, encodeMetrics, type OtlpDataPoint, type OtlpRequest } from './otlp.ts';

type Moment = (unixNano: bigint) => bigint;

/** Returns an OTLP metrics body with other start times and times. 0 (unknown) is unchanged. */
export function withTimes(body: Buffer, moment: Moment): Buffer {
  const request = decodeRequest(body);
  for (const point of dataPoints(request)) {
    for (const field of ['startTimeUnixNano', 'timeUnixNano'] as const) {
      const time = BigInt(point[field] ?? 0);
      if (time !== 0n) point[field] = moment(time);
    }
    for (const exemplar of point.exemplars ?? []) exemplar.timeUnixNano = moment(BigInt(exemplar.timeUnixNano ?? 0));
  }
  return encodeMetrics(request);
}

/** Returns the earliest start time and the latest time of all points. */
export function timeRange(bodies: Iterable<Buffer>): { readonly first: bigint; readonly last: bigint } {
  let first = 0n;
  let last = 0n;
  for (const body of bodies) {
    for (const point of dataPoints(decodeRequest(body))) {
      const start = BigInt(point.startTimeUnixNano ?? 0);
      const time = BigInt(point.timeUnixNano ?? 0);
      if (start !== 0n && (first === 0n || start < first)) first = start;
      if (time > last) last = time;
    }
  }
  return { first, last };
}

function* dataPoints({ resourceMetrics = [] }: OtlpRequest): Generator<OtlpDataPoint> {
  for (const { scopeMetrics = [] } of resourceMetrics) {
    for (const { metrics = [] } of scopeMetrics) {
      for (const { gauge, sum, histogram, exponentialHistogram, summary } of metrics) {
        yield* (gauge ?? sum ?? histogram ?? exponentialHistogram ?? summary)?.dataPoints ?? [];
      }
    }
  }
}

import type {
  Buckets,
  DataPoint,
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  SummaryDataPoint,
} from '../metrics.ts';
import { attributes, count, double, type JsonPart, list, long, small, text } from './json-parts.ts';

/** Returns the data point of a metric at `index`. */
export function pointPart(metric: Metric, index: number): JsonPart {
  switch (metric.type) {
    case 'Gauge':
    case 'Sum':
      return numberPoint(metric.dataPoints[index]!);
    case 'Histogram':
      return histogramPoint(metric.dataPoints[index]!);
    case 'ExponentialHistogram':
      return exponentialPoint(metric.dataPoints[index]!);
    case 'Summary':
      return summaryPoint(metric.dataPoints[index]!);
    case 'Empty':
      return {};
  }
}

function start(point: DataPoint): JsonPart {
  return {
    attributes: attributes(point.attributes),
    startTimeUnixNano: long(point.startTimeUnixNano),
    timeUnixNano: long(point.timeUnixNano),
  };
}

function number(value: number | bigint | undefined): JsonPart {
  if (typeof value === 'bigint') return { asInt: value.toString() };
  return value === undefined ? {} : { asDouble: double(value) };
}

function optional(value: number | undefined): number | string | undefined {
  return value === undefined ? undefined : double(value);
}

/** Returns a double without presence; undefined for +0. */
function nonZero(value: number): number | string | undefined {
  return Object.is(value, 0) ? undefined : double(value);
}

function numberPoint(point: NumberDataPoint): JsonPart {
  return {
    ...start(point),
    ...number(point.value),
    exemplars: list(point.exemplars, exemplar),
    flags: small(point.flags),
  };
}

function histogramPoint(point: HistogramDataPoint): JsonPart {
  return {
    ...start(point),
    count: long(point.count),
    sum: optional(point.sum),
    bucketCounts: list(point.bucketCounts, count),
    explicitBounds: list(point.explicitBounds, double),
    exemplars: list(point.exemplars, exemplar),
    flags: small(point.flags),
    min: optional(point.min),
    max: optional(point.max),
  };
}

function exponentialPoint(point: ExponentialHistogramDataPoint): JsonPart {
  return {
    ...start(point),
    count: long(point.count),
    sum: optional(point.sum),
    scale: small(point.scale),
    zeroCount: long(point.zeroCount),
    positive: buckets(point.positive),
    negative: buckets(point.negative),
    flags: small(point.flags),
    exemplars: list(point.exemplars, exemplar),
    min: optional(point.min),
    max: optional(point.max),
    zeroThreshold: nonZero(point.zeroThreshold),
  };
}

function buckets({ offset, bucketCounts }: Buckets): JsonPart {
  return { offset: small(offset), bucketCounts: list(bucketCounts, count) };
}

function summaryPoint(point: SummaryDataPoint): JsonPart {
  return {
    ...start(point),
    count: long(point.count),
    sum: nonZero(point.sum),
    quantileValues: list(point.quantileValues, ({ quantile, value }) => ({
      quantile: nonZero(quantile),
      value: nonZero(value),
    })),
    flags: small(point.flags),
  };
}

function exemplar({ filteredAttributes, timeUnixNano, value, traceId, spanId }: Exemplar): JsonPart {
  return {
    filteredAttributes: attributes(filteredAttributes),
    timeUnixNano: long(timeUnixNano),
    ...number(value),
    traceId: text(traceId),
    spanId: text(spanId),
  };
}

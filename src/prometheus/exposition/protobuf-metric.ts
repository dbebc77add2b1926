import type { ByteString } from '#bytes/utf8.ts';
import type {
  HistogramSeries,
  MetricType,
  NativeBuckets,
  NativeHistogramSeries,
  PrometheusExemplar,
  Series,
  SummarySeries,
} from '../metric-family.ts';
import { exemplarLabels } from './exemplar-labels.ts';
import { bytesField, doubleField, uint64Field, zigzagField } from './protobuf-wire.ts';
import { toUint64 } from './whole-number.ts';

/*
 * Value of `io.prometheus.client.Metric` (proto/prometheus/metrics.proto): the field of Metric and its message. Fields
 * are in the order of their numbers (docs/reference/collector-behaviour.md#protobuf-formats).
 */

/** Numbers of `enum MetricType`. */
export const metricTypeNumbers: Readonly<Record<MetricType, number>> = {
  counter: 0,
  gauge: 1,
  summary: 2,
  untyped: 3,
  histogram: 4,
};

/** Fields of `Metric` after the labels: gauge 2, counter 3, summary 4, untyped 5, timestamp_ms 6, histogram 7. */
export function metricValue(type: MetricType, series: Series): ByteString {
  const stamp = series.timestampMs === undefined ? '' : uint64Field(6, signed(series.timestampMs));
  switch (series.kind) {
    case 'number':
      return numberValue(type, series) + stamp;
    case 'summary':
      return bytesField(4, summary(series)) + stamp;
    default:
      return stamp + bytesField(7, series.kind === 'histogram' ? classicHistogram(series) : nativeHistogram(series));
  }
}

/**
 * Returns a bigint for a negative time, which is encoded in ten bytes. Other times remain numbers, which is cheaper.
 */
function signed(value: number): number | bigint {
  return value < 0 ? BigInt(value) : value;
}

function numberValue(type: MetricType, series: Series & { kind: 'number' }): ByteString {
  const value = doubleField(1, series.value);
  if (type === 'gauge') return bytesField(2, value);
  if (type !== 'counter') return bytesField(5, value);
  const exemplar = series.exemplar === undefined ? '' : bytesField(2, exemplarMessage(series.exemplar));
  return bytesField(3, value + exemplar + created(3, series));
}

function summary(series: SummarySeries): ByteString {
  let quantiles = '';
  for (let i = 0; i < series.quantiles.length; i++) {
    quantiles += bytesField(
      3,
      doubleField(1, series.quantiles[i] as number) + doubleField(2, series.values[i] as number),
    );
  }
  return totals(series) + quantiles + created(4, series);
}

function classicHistogram(series: HistogramSeries): ByteString {
  const { upperBounds, exemplars } = series;
  let buckets = bucketFields(series);
  // +Inf is listed only for its exemplar.
  const beyond = exemplars?.[upperBounds.length];
  if (beyond !== undefined) {
    buckets += bytesField(3, bucket(series.count, Number.POSITIVE_INFINITY) + bytesField(3, exemplarMessage(beyond)));
  }
  return totals(series) + buckets + created(15, series);
}

function nativeHistogram(series: NativeHistogramSeries): ByteString {
  const { classic } = series;
  const buckets = classic && series.hasClassicInProtobuf ? bucketFields({ ...classic, exemplars: undefined }) : '';
  return (
    totals(series) +
    buckets +
    zigzagField(5, series.schema) +
    doubleField(6, series.zeroThreshold) +
    uint64Field(7, count(series.zeroCount)) +
    nativeBuckets(9, series.negative) +
    nativeBuckets(12, series.positive) +
    created(15, series) +
    series.exemplars.map((exemplar) => bytesField(16, exemplarMessage(exemplar))).join('')
  );
}

function totals(series: { readonly count: number; readonly sum: number }): ByteString {
  return uint64Field(1, count(series.count)) + doubleField(2, series.sum);
}

function bucketFields(series: Pick<HistogramSeries, 'upperBounds' | 'cumulativeCounts' | 'exemplars'>): ByteString {
  const { upperBounds, cumulativeCounts, exemplars } = series;
  let buckets = '';
  for (let i = 0; i < upperBounds.length; i++) {
    const exemplar = exemplars?.[i];
    const fields = bucket(cumulativeCounts[i] as number, upperBounds[i] as number);
    buckets += bytesField(3, exemplar === undefined ? fields : fields + bytesField(3, exemplarMessage(exemplar)));
  }
  return buckets;
}

function bucket(cumulativeCount: number, upperBound: number): ByteString {
  return uint64Field(1, count(cumulativeCount)) + doubleField(2, upperBound);
}

/** Encodes spans, then deltas. Neither is packed: the schema is proto2. */
function nativeBuckets(field: number, { spans, deltas }: NativeBuckets): ByteString {
  let text = '';
  for (const { offset, length } of spans) text += bytesField(field, zigzagField(1, offset) + uint64Field(2, length));
  for (const delta of deltas) text += zigzagField(field + 1, delta);
  return text;
}

function exemplarMessage(exemplar: PrometheusExemplar): ByteString {
  const labels = exemplarLabels(exemplar).map(([name, value]) =>
    bytesField(1, bytesField(1, name) + bytesField(2, value)),
  );
  const time = timestamp(BigInt.asIntN(64, exemplar.timeUnixNano));
  return labels.join('') + doubleField(2, exemplar.value) + bytesField(3, time);
}

function created(field: number, { createdUnixNano }: Series): ByteString {
  return createdUnixNano === undefined ? '' : bytesField(field, timestamp(createdUnixNano));
}

/** The latest time and its encoding. Most series have the same start time as the previous one. */
let latest: { readonly unixNano: bigint; readonly text: ByteString } = { unixNano: 0n, text: '' };

/**
 * Encodes a `google.protobuf.Timestamp`. The schema is proto3, so zeros are omitted. Nanoseconds are never negative.
 */
function timestamp(unixNano: bigint): ByteString {
  if (latest.unixNano === unixNano) return latest.text;
  const { seconds, nanos } = splitTime(unixNano);
  const text = (seconds === 0n ? '' : uint64Field(1, seconds)) + (nanos === 0 ? '' : uint64Field(2, nanos));
  latest = { unixNano, text };
  return text;
}

/** Splits a time into seconds, rounded down, and the remaining nanoseconds. */
export function splitTime(unixNano: bigint): { seconds: bigint; nanos: number } {
  const nanos = ((unixNano % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: (unixNano - nanos) / 1_000_000_000n, nanos: Number(nanos) };
}

function count(value: number): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? value : toUint64(value);
}

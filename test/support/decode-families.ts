import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type {
  HistogramSeries,
  MetricFamily,
  MetricType,
  PrometheusExemplar,
  Series,
} from '#prometheus/metric-family.ts';

/*
 * Decodes delimited MetricFamily messages with protobufjs and the pinned schema. Tests compare pitot's output with the result.
 */

interface LabelPair {
  name: Uint8Array;
  value: Uint8Array;
}
interface Timestamp {
  seconds: bigint;
  nanos: number;
}
interface Exemplar {
  label: LabelPair[];
  value: number;
  timestamp: Timestamp;
}
interface Bucket {
  cumulativeCount: bigint;
  upperBound: number;
  exemplar: Exemplar | null;
}
interface Histogram {
  sampleCount: bigint;
  sampleSum: number;
  bucket: Bucket[];
  schema: number;
  zeroThreshold: number;
  zeroCount: bigint;
  positiveSpan: { offset: number; length: number }[];
  positiveDelta: bigint[];
  negativeSpan: { offset: number; length: number }[];
  negativeDelta: bigint[];
  createdTimestamp: Timestamp | null;
  exemplars: Exemplar[];
}
interface Metric {
  label: LabelPair[];
  gauge: { value: number } | null;
  counter: { value: number; exemplar: Exemplar | null; createdTimestamp: Timestamp | null } | null;
  untyped: { value: number } | null;
  summary: {
    sampleCount: bigint;
    sampleSum: number;
    quantile: { quantile: number; value: number }[];
    createdTimestamp: Timestamp | null;
  } | null;
  histogram: Histogram | null;
  timestampMs: bigint | null;
}
interface Family {
  name: Uint8Array;
  help: Uint8Array;
  type: number;
  metric: Metric[];
}

/** Loads the schema with strings as bytes, because a scrape response can contain invalid UTF-8. */
function loadSchema(): protobuf.Type {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const root = new protobuf.Root();
  const timestamp =
    'syntax = "proto3"; package google.protobuf; message Timestamp { int64 seconds = 1; int32 nanos = 2; }';
  protobuf.parse(timestamp, root);
  protobuf.parse(read('proto/prometheus/metrics.proto').replaceAll(/\bstring\b/g, 'bytes'), root);
  return root.resolveAll().lookupType('io.prometheus.client.MetricFamily');
}

const schema = loadSchema();
const typeNames: readonly MetricType[] = ['counter', 'gauge', 'summary', 'untyped', 'histogram'];

/** Returns the families of a scrape response in the form that the exposition formats receive. */
export function decodeFamilies(page: Uint8Array): MetricFamily[] {
  const reader = protobuf.Reader.create(page);
  const families: MetricFamily[] = [];
  while (reader.pos < reader.len) families.push(toFamily(schema.decodeDelimited(reader) as unknown as Family));
  return families;
}

function toFamily(family: Family): MetricFamily {
  return {
    name: bytes(family.name),
    help: bytes(family.help),
    type: typeNames[family.type] as MetricType,
    version: 1,
    series: family.metric.map(toSeries),
  };
}

function toSeries(metric: Metric): Series {
  const base = {
    labels: {
      names: metric.label.map((pair) => bytes(pair.name)),
      values: metric.label.map((pair) => bytes(pair.value)),
      text: undefined,
    },
    timestampMs: has(metric, 'timestampMs') ? Number(metric.timestampMs) : undefined,
    createdUnixNano: undefined,
  };
  const { counter, gauge, untyped, summary, histogram } = metric;
  if (counter) {
    const exemplar = counter.exemplar ? toExemplar(counter.exemplar) : undefined;
    const createdUnixNano = counter.createdTimestamp ? nanos(counter.createdTimestamp) : undefined;
    return { ...base, kind: 'number', value: counter.value, exemplar, createdUnixNano };
  }
  if (summary) {
    return {
      ...base,
      kind: 'summary',
      count: Number(summary.sampleCount),
      sum: summary.sampleSum,
      quantiles: summary.quantile.map((entry) => entry.quantile),
      values: summary.quantile.map((entry) => entry.value),
      createdUnixNano: summary.createdTimestamp ? nanos(summary.createdTimestamp) : undefined,
    };
  }
  if (histogram) {
    const createdUnixNano = histogram.createdTimestamp ? nanos(histogram.createdTimestamp) : undefined;
    return { ...base, ...toHistogram(histogram), createdUnixNano };
  }
  return { ...base, kind: 'number', value: (gauge ?? untyped)?.value ?? Number.NaN, exemplar: undefined };
}

type HistogramParts = Omit<HistogramSeries, 'labels' | 'timestampMs' | 'createdUnixNano'>;

function toHistogram(histogram: Histogram) {
  const totals = { count: Number(histogram.sampleCount), sum: histogram.sampleSum };
  if (has(histogram, 'schema')) {
    return {
      kind: 'nativeHistogram' as const,
      ...totals,
      schema: histogram.schema,
      zeroThreshold: histogram.zeroThreshold,
      zeroCount: Number(histogram.zeroCount),
      positive: { spans: histogram.positiveSpan, deltas: histogram.positiveDelta.map(Number) },
      negative: { spans: histogram.negativeSpan, deltas: histogram.negativeDelta.map(Number) },
      exemplars: histogram.exemplars.map(toExemplar),
      classic: undefined,
    };
  }
  const exemplars = histogram.bucket.map((bucket) => (bucket.exemplar ? toExemplar(bucket.exemplar) : undefined));
  // A +Inf bucket with an exemplar exists only for the exemplar; see `HistogramSeries.exemplars`.
  const listed = histogram.bucket.filter(
    ({ upperBound, exemplar }) => upperBound !== Number.POSITIVE_INFINITY || !exemplar,
  );
  const parts: HistogramParts = {
    kind: 'histogram',
    ...totals,
    upperBounds: listed.map((bucket) => bucket.upperBound),
    cumulativeCounts: listed.map((bucket) => Number(bucket.cumulativeCount)),
    exemplars: exemplars.some((exemplar) => exemplar !== undefined) ? exemplars : undefined,
  };
  return parts;
}

function toExemplar({ label, value, timestamp }: Exemplar): PrometheusExemplar {
  const labels = new Map(label.map((pair) => [bytes(pair.name), bytes(pair.value)]));
  return {
    traceId: labels.get('trace_id') ?? '',
    spanId: labels.get('span_id') ?? '',
    value,
    timeUnixNano: nanos(timestamp),
  };
}

function nanos({ seconds, nanos }: Timestamp): bigint {
  return BigInt(seconds.toString()) * 1_000_000_000n + BigInt(nanos);
}

function bytes(text: Uint8Array): string {
  return Buffer.from(text).toString('latin1');
}

/** Whether a message contains the field. protobufjs stores defaults in the prototype. */
function has(message: object, field: string): boolean {
  return Object.hasOwn(message, field);
}

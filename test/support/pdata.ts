import { type AnyValue, type Attributes, noAttributes } from '#pdata/attributes.ts';
import type { LogRecord, Logs } from '#pdata/logs.ts';
import {
  type DataPoint,
  type Exemplar,
  type ExponentialHistogramDataPoint,
  type HistogramDataPoint,
  type InstrumentationScope,
  type Metric,
  type MetricDescriptor,
  type Metrics,
  type NumberDataPoint,
  type Resource,
  type SummaryDataPoint,
  temporality,
} from '#pdata/metrics.ts';
import type { Span, SpanEvent, Traces } from '#pdata/traces.ts';

/*
 * Builders of pipeline data for tests. Undefined parts have neutral defaults. Each call creates new objects, so that no component detects
 * equal data by reference unless a test shares objects.
 */

type Values = Readonly<Record<string, AnyValue>>;

/** Returns attributes in the order of the object's keys, or of pairs, in which keys can repeat. */
export function attributes(values: Values | readonly (readonly [string, AnyValue])[] = {}): Attributes {
  const pairs = Array.isArray(values) ? (values as readonly (readonly [string, AnyValue])[]) : Object.entries(values);
  return { entries: pairs.map(([key, value]) => ({ key, value })) };
}

export function resource(values: Values = {}): Resource {
  return { attributes: attributes(values), droppedAttributesCount: 0, entityRefs: [] };
}

export function scope(name = '', version = '', values: Values = {}): InstrumentationScope {
  return { name, version, attributes: attributes(values), droppedAttributesCount: 0 };
}

type PointParts = Partial<DataPoint>;

/** Start time of points, ns since the Unix epoch, in November 2023. The time of points is 1 s later. */
export const startTime = 1_700_000_001_000_000_000n;
export const pointTime = 1_700_000_002_000_000_000n;

const times = { startTimeUnixNano: startTime, timeUnixNano: pointTime, flags: 0, attributes: noAttributes };

export function number(
  value: number | bigint | undefined,
  parts: PointParts & { exemplars?: readonly Exemplar[] } = {},
): NumberDataPoint {
  return { ...times, exemplars: [], value, ...parts };
}

export function histogramPoint(parts: Partial<HistogramDataPoint> = {}): HistogramDataPoint {
  const counts = { count: 3, sum: 1.5, min: undefined, max: undefined };
  return { ...times, exemplars: [], ...counts, explicitBounds: [1, 2], bucketCounts: [1, 1, 1], ...parts };
}

export function exponentialPoint(parts: Partial<ExponentialHistogramDataPoint> = {}): ExponentialHistogramDataPoint {
  const counts = { count: 3, sum: 7.25, min: undefined, max: undefined, scale: 0, zeroCount: 0, zeroThreshold: 0 };
  const buckets = { positive: { offset: 0, bucketCounts: [1, 0, 2] }, negative: { offset: 0, bucketCounts: [] } };
  return { ...times, exemplars: [], ...counts, ...buckets, ...parts };
}

export function summaryPoint(parts: Partial<SummaryDataPoint> = {}): SummaryDataPoint {
  return { ...times, count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }], ...parts };
}

interface Description {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  /** Cumulative by default. */
  readonly aggregationTemporality?: number;
}

function descriptor({ name, description = '', unit = '' }: Description): MetricDescriptor {
  return { name, description, unit, metadata: noAttributes };
}

const described = (of: string | Description): Description => (typeof of === 'string' ? { name: of } : of);

export function gauge(of: string | Description, ...dataPoints: NumberDataPoint[]): Metric {
  return { type: 'Gauge', descriptor: descriptor(described(of)), dataPoints };
}

export function sum(
  of: string | Description,
  isMonotonic: { isMonotonic: boolean },
  ...dataPoints: NumberDataPoint[]
): Metric {
  const { aggregationTemporality = temporality.cumulative } = described(of);
  return { type: 'Sum', descriptor: descriptor(described(of)), aggregationTemporality, ...isMonotonic, dataPoints };
}

export function counter(of: string | Description, ...dataPoints: NumberDataPoint[]): Metric {
  return sum(of, { isMonotonic: true }, ...dataPoints);
}

export function histogram(of: string | Description, ...dataPoints: HistogramDataPoint[]): Metric {
  const { aggregationTemporality = temporality.cumulative } = described(of);
  return { type: 'Histogram', descriptor: descriptor(described(of)), aggregationTemporality, dataPoints };
}

export function exponential(of: string | Description, ...dataPoints: ExponentialHistogramDataPoint[]): Metric {
  const { aggregationTemporality = temporality.cumulative } = described(of);
  return { type: 'ExponentialHistogram', descriptor: descriptor(described(of)), aggregationTemporality, dataPoints };
}

export function summary(of: string | Description, ...dataPoints: SummaryDataPoint[]): Metric {
  return { type: 'Summary', descriptor: descriptor(described(of)), dataPoints };
}

/** Returns a request with one resource and one scope. */
export function request(
  from: { resource?: Resource; scope?: InstrumentationScope; schemaUrl?: string },
  ...metrics: Metric[]
): Metrics {
  const scopeMetrics = [{ scope: from.scope ?? scope(), schemaUrl: from.schemaUrl ?? '', metrics }];
  const dataPointCount = metrics.reduce((count, metric) => count + metric.dataPoints.length, 0);
  return { resourceMetrics: [{ resource: from.resource ?? resource(), schemaUrl: '', scopeMetrics }], dataPointCount };
}

/** Returns a copy in which every object is new, like the output of a decoder without interning. */
export function decodedAnew<T>(data: T): T {
  return structuredClone(data);
}

/** Returns a span without parent. */
export function span(parts: Partial<Span> = {}): Span {
  return {
    traceId: '000102030405060708090a0b0c0d0e0f',
    spanId: '0001020304050607',
    traceState: '',
    parentSpanId: '',
    flags: 0,
    name: 'span',
    kind: 1,
    startTimeUnixNano: startTime,
    endTimeUnixNano: pointTime,
    attributes: noAttributes,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: '', code: 0 },
    ...parts,
  };
}

export function spanEvent(name: string, values: Values = {}): SpanEvent {
  return { timeUnixNano: pointTime, name, attributes: attributes(values), droppedAttributesCount: 0 };
}

export function logRecord(parts: Partial<LogRecord> = {}): LogRecord {
  return {
    timeUnixNano: pointTime,
    observedTimeUnixNano: pointTime,
    severityNumber: 9,
    severityText: 'INFO',
    body: 'text',
    attributes: noAttributes,
    droppedAttributesCount: 0,
    flags: 0,
    traceId: '',
    spanId: '',
    eventName: '',
    ...parts,
  };
}

interface Origin {
  readonly resource?: Resource;
  readonly scope?: InstrumentationScope;
}

/** Returns traces with one resource and one scope. */
export function traces(from: Origin, ...spans: Span[]): Traces {
  const scopeSpans = [{ scope: from.scope ?? scope(), schemaUrl: '', spans }];
  return {
    resourceSpans: [{ resource: from.resource ?? resource(), schemaUrl: '', scopeSpans }],
    spanCount: spans.length,
  };
}

/** Returns logs with one resource and one scope. */
export function logs(from: Origin, ...logRecords: LogRecord[]): Logs {
  const scopeLogs = [{ scope: from.scope ?? scope(), schemaUrl: '', logRecords }];
  return {
    resourceLogs: [{ resource: from.resource ?? resource(), schemaUrl: '', scopeLogs }],
    logRecordCount: logRecords.length,
  };
}

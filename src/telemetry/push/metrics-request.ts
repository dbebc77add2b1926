import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { isShownAt } from '../metrics-page.ts';

type Request = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];
type MetricData = Request['scopeMetrics'][number]['metrics'][number];
type HrTime = [seconds: number, nanoseconds: number];

/** Parameters of {@link metricsRequest}. */
export interface RequestOptions {
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
  /** Milliseconds since the Unix epoch: start of counting, and now. */
  readonly startedAt: number;
  readonly now: number;
  /** `basic` omits the metrics of the batch processor. */
  readonly level: 'none' | 'basic' | 'normal' | 'detailed';
}

/* The numbers that the serializer's types have as enumerations of a package that is not needed otherwise. */
const dataPointTypes = { histogram: 0, gauge: 2, sum: 3 };
const cumulative = 1;
const doubleValues = 1;

/** Encodes pitot's own metrics as an OTLP request in protobuf. Counters are cumulative sums of floats, same as the Collector's. */
export async function metricsRequest(registry: Registry, options: RequestOptions): Promise<Uint8Array> {
  const { resource, version, startedAt, now, level } = options;
  const times = { startTime: hrTime(startedAt), endTime: hrTime(now) };
  const metrics = (await registry.getMetricsAsJSON())
    .filter(({ name }) => isShownAt(level, name))
    .map((metric) => metricData(metric, times))
    .filter(({ dataPoints }) => dataPoints.length > 0);
  return ProtobufMetricsSerializer.serializeRequest({
    resource: { attributes: resource } as Request['resource'],
    scopeMetrics: [{ scope: { name: 'pitot', version }, metrics }],
  })!;
}

type Times = { readonly startTime: HrTime; readonly endTime: HrTime };
type Labels = Readonly<Record<string, string | number>>;
/** Samples of a histogram have several names, which prom-client's types omit. */
type NamedValue = MetricValue<string> & { readonly metricName?: string };

function metricData(metric: MetricObjectWithValues<MetricValue<string>>, times: Times): MetricData {
  const { name, help } = metric;
  const type = String(metric.type);
  const descriptor = { name, description: help, unit: '', valueType: doubleValues };
  const dataPointType = type === 'counter' ? dataPointTypes.sum : dataPointTypes.gauge;
  if (type === 'histogram') {
    const dataPoints = histogramPoints(metric.values as NamedValue[], times);
    return {
      descriptor,
      aggregationTemporality: cumulative,
      dataPointType: dataPointTypes.histogram,
      dataPoints,
    } as MetricData;
  }
  const dataPoints = metric.values.map(({ value, labels }) => ({
    ...times,
    value,
    attributes: { ...labels } as Labels,
  }));
  const isMonotonic = type === 'counter';
  return { descriptor, aggregationTemporality: cumulative, dataPointType, dataPoints, isMonotonic } as MetricData;
}

/** Reassembles the samples of a histogram: cumulative counts by bound, sum, and count for each label set. */
function histogramPoints(values: readonly NamedValue[], times: Times) {
  const byLabels = new Map<
    string,
    { attributes: Labels; bounds: number[]; counts: number[]; sum: number; count: number }
  >();
  for (const { value, labels, metricName = '' } of values) {
    const { le, ...attributes } = labels as Labels;
    const key = JSON.stringify(attributes);
    const point = byLabels.get(key) ?? { attributes, bounds: [], counts: [], sum: 0, count: 0 };
    byLabels.set(key, point);
    if (metricName.endsWith('_sum')) point.sum = value;
    else if (metricName.endsWith('_count')) point.count = value;
    else if (le !== undefined) {
      if (le !== '+Inf') point.bounds.push(Number(le));
      point.counts.push(value);
    }
  }
  return [...byLabels.values()].map(({ attributes, bounds, counts, sum, count }) => {
    const own = counts.map((cumulated, index) => cumulated - (counts[index - 1] ?? 0));
    return { ...times, attributes, value: { count, sum, buckets: { boundaries: bounds, counts: own } } };
  });
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}

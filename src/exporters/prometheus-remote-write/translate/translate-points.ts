import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  NumberDataPoint,
  SummaryDataPoint,
} from '#pdata/metrics.ts';
import { noRecordedValueFlag } from '#pdata/metrics.ts';
import type { ByteString } from '#prometheus/metric-family.ts';
import { customSchema, type SeriesMetadata, staleMarker } from '#prometheus/remote-write/write-series.ts';
import type { BaseLabels } from './base-labels.ts';
import { boundText } from './bound-text.ts';
import { customBuckets } from './custom-buckets.ts';
import { translateExemplars } from './exemplars.ts';
import { nativeBuckets } from './native-buckets.ts';
import { toMs } from './point-time.ts';
import type { SeriesTable } from './series-table.ts';

/** Series to which a point contributes. */
export interface PointTarget {
  readonly table: SeriesTable;
  readonly name: ByteString;
  readonly labels: BaseLabels;
  readonly metadata: SeriesMetadata;
}

/** Adds a sample. `hasStart`: whether the metric counts from a start time. `hasExemplars`: whether its exemplars are sent. */
export function translateNumber(
  { table, name, labels, metadata }: PointTarget,
  point: NumberDataPoint,
  { hasStart, hasExemplars }: { readonly hasStart: boolean; readonly hasExemplars: boolean },
): void {
  const series = table.get(name, labels, metadata);
  series.samples.push({
    value: isStale(point) ? staleMarker : Number(point.value ?? 0),
    timestampMs: toMs(point.timeUnixNano),
    startMs: hasStart ? toMs(point.startTimeUnixNano) : 0,
  });
  if (hasExemplars && point.exemplars.length > 0) series.exemplars.push(...translateExemplars(point.exemplars));
}

/** Adds the series `_sum`, `_count`, and `_bucket` of a classic histogram. Exemplars belong to the bucket of their value. */
export function translateHistogram({ table, name, labels, metadata }: PointTarget, point: HistogramDataPoint): void {
  const { count, sum, explicitBounds, bucketCounts } = point;
  const times = { timestampMs: toMs(point.timeUnixNano), startMs: toMs(point.startTimeUnixNano) };
  const sampleValue = (value: number) => (isStale(point) ? staleMarker : value);
  if (sum !== undefined) table.get(`${name}_sum`, labels, metadata).samples.push({ value: sampleValue(sum), ...times });
  table.get(`${name}_count`, labels, metadata).samples.push({ value: sampleValue(count), ...times });
  const bucketName = `${name}_bucket`;
  const buckets = [];
  let cumulative = 0;
  for (let i = 0; i < explicitBounds.length && i < bucketCounts.length; i++) {
    cumulative += bucketCounts[i]!;
    const bound = explicitBounds[i]!;
    const series = table.get(bucketName, labels, metadata, { name: 'le', value: boundText(bound) });
    series.samples.push({ value: sampleValue(cumulative), ...times });
    buckets.push({ bound, series });
  }
  const infinite = table.get(bucketName, labels, metadata, { name: 'le', value: '+Inf' });
  infinite.samples.push({ value: sampleValue(count), ...times });
  if (point.exemplars.length === 0) return;
  buckets.push({ bound: Number.POSITIVE_INFINITY, series: infinite });
  buckets.sort((a, b) => a.bound - b.bound);
  for (const exemplar of translateExemplars(point.exemplars)) {
    buckets.find(({ bound }) => exemplar.value <= bound)?.series.exemplars.push(exemplar);
  }
}

/** Prometheus supports schemas from -4 to 8. */
const minSchema = -4;
const maxSchema = 8;
/** Zero threshold that replaces 0. */
const defaultZeroThreshold = 1e-128;

/** Adds a native histogram. Returns the reason why that is not possible, or undefined. */
export function translateExponential(
  { table, name, labels, metadata }: PointTarget,
  point: ExponentialHistogramDataPoint,
): string | undefined {
  const { scale, sum } = point;
  if (scale < minSchema) {
    return `cannot convert exponential to native histogram. Scale must be >= -4, was ${scale}`;
  }
  if (!isStale(point) && sum === undefined) {
    return 'cannot convert exponential to native histogram: sum is not set';
  }
  const shift = Math.min(Math.max(scale - maxSchema, 0), 31);
  const series = table.get(name, labels, metadata);
  series.histograms.push({
    isStale: isStale(point),
    count: point.count,
    sum: sum ?? 0,
    schema: Math.min(scale, maxSchema),
    zeroThreshold: point.zeroThreshold === 0 ? defaultZeroThreshold : point.zeroThreshold,
    zeroCount: point.zeroCount,
    positive: nativeBuckets(point.positive, shift),
    negative: nativeBuckets(point.negative, shift),
    timestampMs: toMs(point.timeUnixNano),
    startMs: toMs(point.startTimeUnixNano),
  });
  series.exemplars.push(...translateExemplars(point.exemplars));
  return undefined;
}

/** Adds a native histogram with custom buckets. Returns the reason why that is not possible, or undefined. */
export function translateCustomBuckets(
  { table, name, labels, metadata }: PointTarget,
  point: HistogramDataPoint,
): string | undefined {
  const { explicitBounds, bucketCounts, count } = point;
  const noBuckets = { spans: [], deltas: [] };
  const custom = isStale(point)
    ? { bounds: [], buckets: noBuckets, count: 0 }
    : customBuckets(explicitBounds, bucketCounts, count);
  if (custom === undefined) return 'cannot convert to native histogram with custom buckets: bounds are not in order';
  const series = table.get(name, labels, metadata);
  series.histograms.push({
    isStale: isStale(point),
    count: custom.count,
    sum: point.sum ?? 0,
    schema: customSchema,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: custom.buckets,
    negative: noBuckets,
    customBounds: custom.bounds,
    timestampMs: toMs(point.timeUnixNano),
    startMs: toMs(point.startTimeUnixNano),
  });
  series.exemplars.push(...translateExemplars(point.exemplars));
  return undefined;
}

/** Adds the series of a summary: `_sum`, `_count`, and one for each quantile. */
export function translateSummary({ table, name, labels, metadata }: PointTarget, point: SummaryDataPoint): void {
  const times = { timestampMs: toMs(point.timeUnixNano), startMs: toMs(point.startTimeUnixNano) };
  const sampleValue = (value: number) => (isStale(point) ? staleMarker : value);
  table.get(`${name}_sum`, labels, metadata).samples.push({ value: sampleValue(point.sum), ...times });
  table.get(`${name}_count`, labels, metadata).samples.push({ value: sampleValue(point.count), ...times });
  for (const { quantile, value } of point.quantileValues) {
    const extra = { name: 'quantile', value: boundText(quantile) };
    table.get(name, labels, metadata, extra).samples.push({ value: sampleValue(value), ...times });
  }
}

function isStale({ flags }: { readonly flags: number }): boolean {
  return (flags & noRecordedValueFlag) !== 0;
}

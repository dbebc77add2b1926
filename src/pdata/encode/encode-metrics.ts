import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { Slices } from '#flow/slices.ts';
import type { Metric, Metrics } from '../metrics.ts';
import { receivedBytes } from '../received-bytes.ts';
import { metricGroups } from '../request-groups.ts';
import { writeAttributes, writeEnum, writeNumber, writeText } from './encode-attributes.ts';
import { encodeGroups, type RequestWriter, sliceBytes } from './encode-groups.ts';
import { writeExponentialPoint, writeHistogramPoint, writeNumberPoint, writeSummaryPoint } from './encode-points.ts';

/** Estimated bytes of a data point. */
const pointBytes = 200;

/** Field numbers of `oneof data` in message Metric. */
const dataFields = { Gauge: 5, Sum: 7, Histogram: 9, ExponentialHistogram: 10, Summary: 11 } as const;

/**
 * Encodes an ExportMetricsServiceRequest (proto/opentelemetry/proto/collector/metrics/v1) in slices. Fields are in the order of their
 * numbers, and defaults are omitted. A request that no processor has changed keeps its bytes.
 */
export function* encodeMetrics(metrics: Metrics): Slices<Buffer> {
  const received = receivedBytes(metrics);
  if (received !== undefined) return received;
  const expectedBytes = Math.min(metrics.dataPointCount * pointBytes, sliceBytes) + 256;
  return yield* encodeGroups(metricGroups(metrics), writeMetric, expectedBytes);
}

function* writeMetric(writer: RequestWriter, metric: Metric): Slices<void> {
  const { name, description, unit, metadata } = metric.descriptor;
  writeText(writer, 1, name);
  writeText(writer, 2, description);
  writeText(writer, 3, unit);
  if (metric.type !== 'Empty') {
    writer.tag(dataFields[metric.type], wireType.bytes);
    const inData = writer.begin();
    for (let i = 0; i < metric.dataPoints.length; i++) {
      writer.tag(1, wireType.bytes);
      const inPoint = writer.begin();
      writePoint(writer, metric, i);
      writer.end(inPoint);
      if (writer.isPauseDue()) yield;
    }
    writeDataFields(writer, metric);
    writer.end(inData);
  }
  writeAttributes(writer, 12, metadata);
}

function writePoint(writer: ProtobufWriter, metric: Metric, index: number): void {
  switch (metric.type) {
    case 'Gauge':
    case 'Sum':
      writeNumberPoint(writer, metric.dataPoints[index]!);
      break;
    case 'Histogram':
      writeHistogramPoint(writer, metric.dataPoints[index]!);
      break;
    case 'ExponentialHistogram':
      writeExponentialPoint(writer, metric.dataPoints[index]!);
      break;
    case 'Summary':
      writeSummaryPoint(writer, metric.dataPoints[index]!);
  }
}

/** Writes the fields after the data points: AggregationTemporality aggregation_temporality = 2; bool is_monotonic = 3; */
function writeDataFields(writer: ProtobufWriter, metric: Metric): void {
  if (!('aggregationTemporality' in metric)) return;
  writeEnum(writer, 2, metric.aggregationTemporality);
  if (metric.type === 'Sum') writeNumber(writer, 3, metric.isMonotonic ? 1 : 0);
}

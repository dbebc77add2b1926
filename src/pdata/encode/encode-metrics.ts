import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { Slices } from '#flow/slices.ts';
import type { Metric, Metrics } from '../metrics.ts';
import { writeAttributes, writeEnum, writeNumber, writeResource, writeScope, writeText } from './encode-attributes.ts';
import { writeExponentialPoint, writeHistogramPoint, writeNumberPoint, writeSummaryPoint } from './encode-points.ts';

/** Bytes that are written before other work can run: a few milliseconds. */
export const sliceBytes = 256 * 1024;
/** Estimated bytes of a data point. */
const pointBytes = 200;

/** Field numbers of `oneof data` in message Metric. */
const dataFields = { Gauge: 5, Sum: 7, Histogram: 9, ExponentialHistogram: 10, Summary: 11 } as const;

/**
 * Encodes an ExportMetricsServiceRequest (proto/opentelemetry/proto/collector/metrics/v1) in slices. Fields are in the order of their
 * numbers, and defaults are omitted.
 */
export function* encodeMetrics({ resourceMetrics, dataPointCount }: Metrics): Slices<Buffer> {
  const writer = new ProtobufWriter(Math.min(dataPointCount * pointBytes, sliceBytes) + 256);
  let pause = sliceBytes;
  for (const { resource, scopeMetrics, schemaUrl } of resourceMetrics) {
    writer.tag(1, wireType.bytes);
    const inResource = writer.begin();
    writeResource(writer, 1, resource);
    for (const { scope, metrics, schemaUrl: scopeUrl } of scopeMetrics) {
      writer.tag(2, wireType.bytes);
      const inScope = writer.begin();
      writeScope(writer, 1, scope);
      for (const metric of metrics) {
        writer.tag(2, wireType.bytes);
        const inMetric = writer.begin();
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
            if (writer.length >= pause) {
              yield;
              pause = writer.length + sliceBytes;
            }
          }
          writeDataFields(writer, metric);
          writer.end(inData);
        }
        writeAttributes(writer, 12, metadata);
        writer.end(inMetric);
      }
      writeText(writer, 3, scopeUrl);
      writer.end(inScope);
    }
    writeText(writer, 3, schemaUrl);
    writer.end(inResource);
  }
  return writer.finish();
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

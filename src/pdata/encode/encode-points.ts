import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type {
  Buckets,
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  NumberDataPoint,
  SummaryDataPoint,
} from '../metrics.ts';
import { writeAttributes, writeId, writeNumber, writeTime } from './encode-attributes.ts';

/** Writes a double that has presence: undefined if it is absent. */
function writeOptionalDouble(writer: ProtobufWriter, field: number, value: number | undefined): void {
  if (value === undefined) return;
  writer.tag(field, wireType.fixed64);
  writer.double(value);
}

/** Writes a double without presence, unless it is +0. */
function writeDouble(writer: ProtobufWriter, field: number, value: number): void {
  if (!Object.is(value, 0)) writeOptionalDouble(writer, field, value);
}

function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  if (count === 0) return;
  writer.tag(field, wireType.fixed64);
  writer.fixed64Number(count);
}

/** Writes the value of a number point or exemplar: `asInt` for a bigint, `asDouble` for a number. */
function writeValue(
  writer: ProtobufWriter,
  { value }: { readonly value: number | bigint | undefined },
  fields: { readonly asDouble: number; readonly asInt: number },
): void {
  if (value === undefined) return;
  writer.tag(typeof value === 'bigint' ? fields.asInt : fields.asDouble, wireType.fixed64);
  if (typeof value === 'bigint') writer.fixed64(value);
  else writer.double(value);
}

function writeSint32(writer: ProtobufWriter, field: number, value: number): void {
  writeNumber(writer, field, ((value << 1) ^ (value >> 31)) >>> 0);
}

const numberFields = { asDouble: 4, asInt: 6 };
const exemplarFields = { asDouble: 3, asInt: 6 };

/** The message is in decode-number-point.ts. */
export function writeNumberPoint(writer: ProtobufWriter, point: NumberDataPoint): void {
  writeTime(writer, 2, point.startTimeUnixNano);
  writeTime(writer, 3, point.timeUnixNano);
  if (typeof point.value === 'number') writeValue(writer, point, numberFields);
  for (const exemplar of point.exemplars) writeExemplar(writer, 5, exemplar);
  if (typeof point.value === 'bigint') writeValue(writer, point, numberFields);
  writeAttributes(writer, 7, point.attributes);
  writeNumber(writer, 8, point.flags);
}

/** The message is in decode-histogram-point.ts. */
export function writeHistogramPoint(writer: ProtobufWriter, point: HistogramDataPoint): void {
  writeTime(writer, 2, point.startTimeUnixNano);
  writeTime(writer, 3, point.timeUnixNano);
  writeCount(writer, 4, point.count);
  writeOptionalDouble(writer, 5, point.sum);
  if (point.bucketCounts.length > 0) {
    writer.tag(6, wireType.bytes);
    writer.varint(point.bucketCounts.length * 8);
    for (const count of point.bucketCounts) writer.fixed64Number(count);
  }
  if (point.explicitBounds.length > 0) {
    writer.tag(7, wireType.bytes);
    writer.varint(point.explicitBounds.length * 8);
    for (const bound of point.explicitBounds) writer.double(bound);
  }
  for (const exemplar of point.exemplars) writeExemplar(writer, 8, exemplar);
  writeAttributes(writer, 9, point.attributes);
  writeNumber(writer, 10, point.flags);
  writeOptionalDouble(writer, 11, point.min);
  writeOptionalDouble(writer, 12, point.max);
}

/** The message is in decode-exponential-point.ts. */
export function writeExponentialPoint(writer: ProtobufWriter, point: ExponentialHistogramDataPoint): void {
  writeAttributes(writer, 1, point.attributes);
  writeTime(writer, 2, point.startTimeUnixNano);
  writeTime(writer, 3, point.timeUnixNano);
  writeCount(writer, 4, point.count);
  writeOptionalDouble(writer, 5, point.sum);
  writeSint32(writer, 6, point.scale);
  writeCount(writer, 7, point.zeroCount);
  writeBuckets(writer, 8, point.positive);
  writeBuckets(writer, 9, point.negative);
  writeNumber(writer, 10, point.flags);
  for (const exemplar of point.exemplars) writeExemplar(writer, 11, exemplar);
  writeOptionalDouble(writer, 12, point.min);
  writeOptionalDouble(writer, 13, point.max);
  writeDouble(writer, 14, point.zeroThreshold);
}

function writeBuckets(writer: ProtobufWriter, field: number, { offset, bucketCounts }: Buckets): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeSint32(writer, 1, offset);
  if (bucketCounts.length > 0) {
    writer.tag(2, wireType.bytes);
    const counts = writer.begin();
    for (const count of bucketCounts) writeLargeVarint(writer, count);
    writer.end(counts);
  }
  writer.end(start);
}

/** Writes a whole number from 0 to 2^64, which becomes 2^64-1. */
function writeLargeVarint(writer: ProtobufWriter, value: number): void {
  if (value <= Number.MAX_SAFE_INTEGER) writer.varint(value);
  else writer.varint64(value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(value));
}

/** The message is in decode-summary-point.ts. */
export function writeSummaryPoint(writer: ProtobufWriter, point: SummaryDataPoint): void {
  writeTime(writer, 2, point.startTimeUnixNano);
  writeTime(writer, 3, point.timeUnixNano);
  writeCount(writer, 4, point.count);
  writeDouble(writer, 5, point.sum);
  for (const { quantile, value } of point.quantileValues) {
    writer.tag(6, wireType.bytes);
    const start = writer.begin();
    writeDouble(writer, 1, quantile);
    writeDouble(writer, 2, value);
    writer.end(start);
  }
  writeAttributes(writer, 7, point.attributes);
  writeNumber(writer, 8, point.flags);
}

/**
 * message Exemplar { fixed64 time = 2; oneof value { double as_double = 3; sfixed64 as_int = 6; } bytes span_id = 4; bytes trace_id = 5;
 *   repeated KeyValue filtered_attributes = 7; }
 */
function writeExemplar(writer: ProtobufWriter, field: number, exemplar: Exemplar): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeTime(writer, 2, exemplar.timeUnixNano);
  if (typeof exemplar.value === 'number') writeValue(writer, exemplar, exemplarFields);
  writeId(writer, 4, exemplar.spanId);
  writeId(writer, 5, exemplar.traceId);
  if (typeof exemplar.value === 'bigint') writeValue(writer, exemplar, exemplarFields);
  writeAttributes(writer, 7, exemplar.filteredAttributes);
  writer.end(start);
}

import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { NativeBuckets } from '../metric-family.ts';
import { staleBits } from './stale-bits.ts';
import { customSchema, type WriteHistogram } from './write-series.ts';

/** Fields of a Histogram message, the same in both versions of the protocol. */
const field = {
  countInt: 1,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  negativeSpans: 8,
  negativeDeltas: 9,
  positiveSpans: 11,
  positiveDeltas: 12,
  timestamp: 15,
  customValues: 16,
  /** Only in 2.0. */
  startTimestamp: 17,
} as const;

/** Writes the fields of a Histogram message. `hasStart`: whether the version of the protocol has start timestamps. */
export function encodeHistogram(writer: ProtobufWriter, histogram: WriteHistogram, hasStart: boolean): void {
  writer.tag(field.countInt, wireType.varint);
  // A stale histogram with custom buckets has the count 0 in the Collector. Its sum marks its end.
  if (histogram.isStale) writer.varint64(histogram.schema === customSchema ? 0n : staleBits);
  else writer.varint64(BigInt(histogram.count));
  if (histogram.isStale) {
    writer.tag(field.sum, wireType.fixed64);
    writer.fixed64(staleBits);
  } else if (histogram.sum !== 0) {
    writer.tag(field.sum, wireType.fixed64);
    writer.double(histogram.sum);
  }
  if (histogram.schema !== 0) {
    writer.tag(field.schema, wireType.varint);
    writer.varint64(zigzag(histogram.schema));
  }
  writer.tag(field.zeroThreshold, wireType.fixed64);
  writer.double(histogram.zeroThreshold);
  writer.tag(field.zeroCountInt, wireType.varint);
  writer.varint64(BigInt(histogram.zeroCount));
  encodeBuckets(writer, histogram.negative, field.negativeSpans);
  encodeBuckets(writer, histogram.positive, field.positiveSpans);
  if (histogram.timestampMs !== 0) {
    writer.tag(field.timestamp, wireType.varint);
    writer.varint64(BigInt(histogram.timestampMs));
  }
  encodeBounds(writer, histogram.customBounds ?? []);
  if (hasStart && histogram.startMs !== 0) {
    writer.tag(field.startTimestamp, wireType.varint);
    writer.varint64(BigInt(histogram.startMs));
  }
}

/** Writes spans, and deltas in the field after them. */
function encodeBuckets(writer: ProtobufWriter, { spans, deltas }: NativeBuckets, spansField: number): void {
  for (const { offset, length } of spans) {
    writer.tag(spansField, wireType.bytes);
    const span = writer.begin();
    if (offset !== 0) {
      writer.tag(1, wireType.varint);
      writer.varint64(zigzag(offset));
    }
    if (length !== 0) {
      writer.tag(2, wireType.varint);
      writer.varint(length);
    }
    writer.end(span);
  }
  if (deltas.length === 0) return;
  writer.tag(spansField + 1, wireType.bytes);
  const packed = writer.begin();
  for (const delta of deltas) writer.varint64(zigzag(delta));
  writer.end(packed);
}

function encodeBounds(writer: ProtobufWriter, bounds: readonly number[]): void {
  if (bounds.length === 0) return;
  writer.tag(field.customValues, wireType.bytes);
  const packed = writer.begin();
  for (const bound of bounds) writer.double(bound);
  writer.end(packed);
}

/** ZigZag encoding of sint32 and sint64. */
function zigzag(value: number): bigint {
  const big = BigInt(value);
  return (big << 1n) ^ (big >> 63n);
}

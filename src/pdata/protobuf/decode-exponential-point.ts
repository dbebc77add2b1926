import { noAttributes } from '../attributes.ts';
import type { Buckets, Exemplar, ExponentialHistogramDataPoint } from '../metrics.ts';
import { checkLength, readCount, readPackedVarints } from './packed.ts';
import { noExemplars, type PointParts } from './point-parts.ts';
import type { WireReader } from './wire-reader.ts';

const fields = {
  1: 'Attributes',
  2: 'StartTimeUnixNano',
  3: 'TimeUnixNano',
  4: 'Count',
  5: 'Sum',
  6: 'Scale',
  7: 'ZeroCount',
  8: 'Positive',
  9: 'Negative',
  10: 'Flags',
  11: 'Exemplars',
  12: 'Min',
  13: 'Max',
  14: 'ZeroThreshold',
};
const bucketFields = { 1: 'Offset', 2: 'BucketCounts' };
const noBuckets: Buckets = { offset: 0, bucketCounts: [] };

/**
 * message ExponentialHistogramDataPoint {
 *   repeated KeyValue attributes = 1; fixed64 start = 2; fixed64 time = 3; fixed64 count = 4; optional double sum = 5; sint32 scale = 6;
 *   fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9; uint32 flags = 10; repeated Exemplar exemplars = 11;
 *   optional double min = 12; optional double max = 13; double zero_threshold = 14;
 * }
 */
export function readExponentialPoint(
  reader: WireReader,
  messageEnd: number,
  parts: PointParts,
): ExponentialHistogramDataPoint {
  let startTimeUnixNano = 0n;
  let timeUnixNano = 0n;
  let count = 0;
  let sum: number | undefined;
  let min: number | undefined;
  let max: number | undefined;
  let scale = 0;
  let zeroCount = 0;
  let zeroThreshold = 0;
  let positive = noBuckets;
  let negative = noBuckets;
  let exemplars = noExemplars;
  let attributes = noAttributes;
  let flags = 0;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    switch (tag) {
      case 0x0a:
        attributes = parts.attributes(reader, messageEnd, attributes);
        break;
      case 0x11:
        startTimeUnixNano = parts.startTime(reader, messageEnd);
        break;
      case 0x19:
        timeUnixNano = parts.time(reader, messageEnd);
        break;
      case 0x21:
        count = reader.fixed64(messageEnd);
        break;
      case 0x29:
        sum = reader.double(messageEnd);
        break;
      case 0x30:
        scale = reader.zigzag32(messageEnd);
        break;
      case 0x39:
        zeroCount = reader.fixed64(messageEnd);
        break;
      case 0x42:
        positive = readBuckets(reader, messageEnd, positive);
        break;
      case 0x4a:
        negative = readBuckets(reader, messageEnd, negative);
        break;
      case 0x50:
        flags = reader.varint32(messageEnd);
        break;
      case 0x5a:
        if (exemplars === noExemplars) exemplars = [];
        parts.addExemplar(reader, messageEnd, exemplars as Exemplar[]);
        break;
      case 0x61:
        min = reader.double(messageEnd);
        break;
      case 0x69:
        max = reader.double(messageEnd);
        break;
      case 0x71:
        zeroThreshold = reader.double(messageEnd);
        break;
      default:
        reader.skip(tag, messageEnd, fields);
    }
  }
  return {
    attributes,
    startTimeUnixNano,
    timeUnixNano,
    flags,
    count,
    sum,
    min,
    max,
    scale,
    zeroCount,
    zeroThreshold,
    positive,
    negative,
    exemplars,
  };
}

/** message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; } Two occurrences are merged. */
function readBuckets(reader: WireReader, end: number, before: Buckets): Buckets {
  const messageEnd = reader.lengthEnd(end);
  let offset = before.offset;
  // Earlier counts belong to this point alone, unless they are the shared empty list.
  const bucketCounts = before === noBuckets ? [] : (before.bucketCounts as number[]);
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x08) offset = reader.zigzag32(messageEnd);
    else if (tag === 0x12) readPackedVarints(reader, messageEnd, bucketCounts);
    else if (tag === 0x10) {
      reader.expectBuckets(1);
      checkLength(reader, bucketCounts.length + 1);
      bucketCounts.push(readCount(reader, messageEnd));
    } else reader.skip(tag, messageEnd, bucketFields);
  }
  return { offset, bucketCounts };
}

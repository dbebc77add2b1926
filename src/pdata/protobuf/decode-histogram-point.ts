import { noAttributes } from '../attributes.ts';
import type { Exemplar, HistogramDataPoint } from '../metrics.ts';
import { checkCounts, checkLength, readPackedDoubles, readPackedFixed64 } from './packed.ts';
import { noExemplars, type PointParts } from './point-parts.ts';
import type { WireReader } from './wire-reader.ts';

const fields = {
  2: 'StartTimeUnixNano',
  3: 'TimeUnixNano',
  4: 'Count',
  5: 'Sum',
  6: 'BucketCounts',
  7: 'ExplicitBounds',
  8: 'Exemplars',
  9: 'Attributes',
  10: 'Flags',
  11: 'Min',
  12: 'Max',
};
const none: readonly number[] = [];

/**
 * message HistogramDataPoint {
 *   fixed64 start = 2; fixed64 time = 3; fixed64 count = 4; optional double sum = 5; repeated fixed64 bucket_counts = 6;
 *   repeated double explicit_bounds = 7; repeated Exemplar exemplars = 8; repeated KeyValue attributes = 9; uint32 flags = 10;
 *   optional double min = 11; optional double max = 12;
 * }
 */
export function readHistogramPoint(reader: WireReader, messageEnd: number, parts: PointParts): HistogramDataPoint {
  let startTimeUnixNano = 0n;
  let timeUnixNano = 0n;
  let count = 0;
  let sum: number | undefined;
  let min: number | undefined;
  let max: number | undefined;
  let bucketCounts = none;
  let explicitBounds = none;
  // Set if the bounds arrive in pieces: a list that only this point uses.
  let ownBounds: number[] | undefined;
  let exemplars = noExemplars;
  let attributes = noAttributes;
  let flags = 0;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    switch (tag) {
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
      case 0x31:
        if (bucketCounts === none) bucketCounts = [];
        checkCounts(reader, bucketCounts.length + 1);
        (bucketCounts as number[]).push(reader.fixed64(messageEnd));
        break;
      case 0x32:
        if (bucketCounts === none) bucketCounts = [];
        readPackedFixed64(reader, messageEnd, bucketCounts as number[]);
        break;
      case 0x39:
        ownBounds ??= explicitBounds = [...explicitBounds];
        checkLength(reader, ownBounds.length + 1);
        ownBounds.push(reader.double(messageEnd));
        break;
      case 0x3a:
        if (explicitBounds === none) {
          explicitBounds = parts.bounds(reader, messageEnd);
        } else {
          ownBounds ??= explicitBounds = [...explicitBounds];
          readPackedDoubles(reader, messageEnd, ownBounds);
        }
        break;
      case 0x42:
        if (exemplars === noExemplars) exemplars = [];
        parts.addExemplar(reader, messageEnd, exemplars as Exemplar[]);
        break;
      case 0x4a:
        attributes = parts.attributes(reader, messageEnd, attributes);
        break;
      case 0x50:
        flags = reader.varint32(messageEnd);
        break;
      case 0x59:
        min = reader.double(messageEnd);
        break;
      case 0x61:
        max = reader.double(messageEnd);
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
    bucketCounts,
    explicitBounds,
    exemplars,
  };
}

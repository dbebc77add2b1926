import { noAttributes } from '../attributes.ts';
import type { SummaryDataPoint, ValueAtQuantile } from '../metrics.ts';
import { checkLength } from './packed.ts';
import type { PointParts } from './point-parts.ts';
import type { WireReader } from './wire-reader.ts';

const fields = {
  2: 'StartTimeUnixNano',
  3: 'TimeUnixNano',
  4: 'Count',
  5: 'Sum',
  6: 'QuantileValues',
  7: 'Attributes',
  8: 'Flags',
};
const quantileFields = { 1: 'Quantile', 2: 'Value' };

/**
 * message SummaryDataPoint {
 *   fixed64 start = 2; fixed64 time = 3; fixed64 count = 4; double sum = 5; repeated ValueAtQuantile quantile_values = 6;
 *   repeated KeyValue attributes = 7; uint32 flags = 8;
 * }
 */
export function readSummaryPoint(reader: WireReader, messageEnd: number, parts: PointParts): SummaryDataPoint {
  let startTimeUnixNano = 0n;
  let timeUnixNano = 0n;
  let count = 0;
  let sum = 0;
  const quantileValues: ValueAtQuantile[] = [];
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
      case 0x32:
        checkLength(reader, quantileValues.length + 1);
        quantileValues.push(readQuantile(reader, messageEnd));
        break;
      case 0x3a:
        attributes = parts.attributes(reader, messageEnd, attributes);
        break;
      case 0x40:
        flags = reader.varint32(messageEnd);
        break;
      default:
        reader.skip(tag, messageEnd, fields);
    }
  }
  return { attributes, startTimeUnixNano, timeUnixNano, flags, count, sum, quantileValues };
}

/** message ValueAtQuantile { double quantile = 1; double value = 2; } */
function readQuantile(reader: WireReader, end: number): ValueAtQuantile {
  const messageEnd = reader.lengthEnd(end);
  let quantile = 0;
  let value = 0;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x09) quantile = reader.double(messageEnd);
    else if (tag === 0x11) value = reader.double(messageEnd);
    else reader.skip(tag, messageEnd, quantileFields);
  }
  return { quantile, value };
}

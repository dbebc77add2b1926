import { noAttributes } from '../attributes.ts';
import type { Exemplar, NumberDataPoint } from '../metrics.ts';
import { noExemplars, type PointParts } from './point-parts.ts';
import type { WireReader } from './wire-reader.ts';

const fields = {
  2: 'StartTimeUnixNano',
  3: 'TimeUnixNano',
  4: 'AsDouble',
  5: 'Exemplars',
  6: 'AsInt',
  7: 'Attributes',
  8: 'Flags',
};

/**
 * message NumberDataPoint {
 *   fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; }
 *   repeated Exemplar exemplars = 5; repeated KeyValue attributes = 7; uint32 flags = 8;
 * }
 */
export function readNumberPoint(reader: WireReader, messageEnd: number, parts: PointParts): NumberDataPoint {
  let startTimeUnixNano = 0n;
  let timeUnixNano = 0n;
  let value: number | bigint | undefined;
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
        value = reader.double(messageEnd);
        break;
      case 0x2a:
        if (exemplars === noExemplars) exemplars = [];
        parts.addExemplar(reader, messageEnd, exemplars as Exemplar[]);
        break;
      case 0x31:
        value = reader.sfixed64Exact(messageEnd);
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
  return { attributes, startTimeUnixNano, timeUnixNano, flags, value, exemplars };
}

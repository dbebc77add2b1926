import type { ProtobufWriter } from '#bytes/protobuf-writer.ts';
import type { Slices } from '#flow/slices.ts';
import type { LogRecord, Logs } from '../logs.ts';
import { recordGroups } from '../request-groups.ts';
import {
  writeAnyValue,
  writeAttributes,
  writeEnum,
  writeId,
  writeNumber,
  writeText,
  writeTime,
} from './encode-attributes.ts';
import { encodeGroups } from './encode-groups.ts';
import { writeFlags } from './encode-traces.ts';

/** Encodes an ExportLogsServiceRequest (proto/opentelemetry/proto/collector/logs/v1) in slices. */
export const encodeLogs = (logs: Logs): Slices<Buffer> => encodeGroups(recordGroups(logs), writeLogRecord);

/** The message is in decode-logs.ts. */
function writeLogRecord(writer: ProtobufWriter, record: LogRecord): undefined {
  writeTime(writer, 1, record.timeUnixNano);
  writeEnum(writer, 2, record.severityNumber);
  writeText(writer, 3, record.severityText);
  writeAnyValue(writer, 5, record.body);
  writeAttributes(writer, 6, record.attributes);
  writeNumber(writer, 7, record.droppedAttributesCount);
  writeFlags(writer, 8, record.flags);
  writeId(writer, 9, record.traceId);
  writeId(writer, 10, record.spanId);
  writeTime(writer, 11, record.observedTimeUnixNano);
  writeText(writer, 12, record.eventName);
}

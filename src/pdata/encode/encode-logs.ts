import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { Slices } from '#flow/slices.ts';
import type { LogRecord, Logs } from '../logs.ts';
import {
  writeAnyValue,
  writeAttributes,
  writeEnum,
  writeId,
  writeNumber,
  writeResource,
  writeScope,
  writeText,
  writeTime,
} from './encode-attributes.ts';
import { sliceBytes } from './encode-metrics.ts';
import { writeFlags } from './encode-traces.ts';

/** Encodes an ExportLogsServiceRequest (proto/opentelemetry/proto/collector/logs/v1) in slices. */
export function* encodeLogs({ resourceLogs }: Logs): Slices<Buffer> {
  const writer = new ProtobufWriter(4096);
  let pause = sliceBytes;
  for (const { resource, scopeLogs, schemaUrl } of resourceLogs) {
    writer.tag(1, wireType.bytes);
    const inResource = writer.begin();
    writeResource(writer, 1, resource);
    for (const { scope, logRecords, schemaUrl: scopeUrl } of scopeLogs) {
      writer.tag(2, wireType.bytes);
      const inScope = writer.begin();
      writeScope(writer, 1, scope);
      for (const record of logRecords) {
        writer.tag(2, wireType.bytes);
        const inRecord = writer.begin();
        writeLogRecord(writer, record);
        writer.end(inRecord);
        if (writer.length >= pause) {
          yield;
          pause = writer.length + sliceBytes;
        }
      }
      writeText(writer, 3, scopeUrl);
      writer.end(inScope);
    }
    writeText(writer, 3, schemaUrl);
    writer.end(inResource);
  }
  return writer.finish();
}

/** The message is in decode-logs.ts. */
function writeLogRecord(writer: ProtobufWriter, record: LogRecord): void {
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

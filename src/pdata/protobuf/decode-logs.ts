import { drained, type Slices } from '#flow/slices.ts';
import type { AnyValue, KeyValue } from '../attributes.ts';
import type { LogRecord, Logs, ResourceLogs, ScopeLogs } from '../logs.ts';
import { addKeyValue, attributesOf, readAnyValue } from './decode-attributes.ts';
import { decodeSignal, type SignalDecoderOptions, type SignalShape } from './decode-signal.ts';
import { readId } from './read-id.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

const shape: SignalShape<LogRecord, ScopeLogs, ResourceLogs> = {
  requestField: 'ResourceLogs',
  scopesField: 'ScopeLogs',
  itemsField: 'LogRecords',
  readItem: readLogRecord,
  scopeOf: (scope, logRecords, schemaUrl) => ({ scope, logRecords, schemaUrl }),
  resourceOf: (resource, scopeLogs, schemaUrl) => ({ resource, scopeLogs, schemaUrl }),
};

/**
 * Decodes an ExportLogsServiceRequest (proto/opentelemetry/proto/collector/logs/v1) without pausing.
 * @throws DecodeError
 */
export function decodeLogs(body: Buffer, options?: SignalDecoderOptions): Logs {
  return drained(decodeLogsInSlices(body, options));
}

/** Decodes an ExportLogsServiceRequest in slices. */
export function* decodeLogsInSlices(body: Buffer, options?: SignalDecoderOptions): Slices<Logs> {
  const { resources, itemCount } = yield* decodeSignal(body, shape, options);
  return { resourceLogs: resources, logRecordCount: itemCount };
}

const fields = {
  1: 'TimeUnixNano',
  2: 'SeverityNumber',
  3: 'SeverityText',
  5: 'Body',
  6: 'Attributes',
  7: 'DroppedAttributesCount',
  8: 'Flags',
  9: 'TraceId',
  10: 'SpanId',
  11: 'ObservedTimeUnixNano',
  12: 'EventName',
};

/**
 * message LogRecord {
 *   fixed64 time = 1; fixed64 observed_time = 11; SeverityNumber severity_number = 2; string severity_text = 3; AnyValue body = 5;
 *   repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10;
 *   string event_name = 12;
 * }
 */
function readLogRecord(reader: WireReader, messageEnd: number): LogRecord {
  const attributes: KeyValue[] = [];
  let timeUnixNano = 0n;
  let observedTimeUnixNano = 0n;
  let severityNumber = 0;
  let severityText = '';
  let body: AnyValue;
  let droppedAttributesCount = 0;
  let flags = 0;
  let traceId = '';
  let spanId = '';
  let eventName = '';
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x09) timeUnixNano = reader.fixed64Exact(messageEnd);
    else if (tag === 0x10) severityNumber = reader.varint32(messageEnd) | 0;
    else if (tag === 0x1a) severityText = readText(reader, messageEnd);
    else if (tag === 0x2a) body = readAnyValue(reader, messageEnd, 0, body);
    else if (tag === 0x32) addKeyValue(reader, messageEnd, attributes);
    else if (tag === 0x38) droppedAttributesCount = reader.varint32(messageEnd);
    else if (tag === 0x45) flags = reader.fixed32(messageEnd);
    else if (tag === 0x4a) traceId = readId(reader, messageEnd, 'TraceID');
    else if (tag === 0x52) spanId = readId(reader, messageEnd, 'SpanID');
    else if (tag === 0x59) observedTimeUnixNano = reader.fixed64Exact(messageEnd);
    else if (tag === 0x62) eventName = readText(reader, messageEnd);
    else reader.skip(tag, messageEnd, fields);
  }
  return {
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    severityText,
    body,
    attributes: attributesOf(attributes),
    droppedAttributesCount,
    flags,
    traceId,
    spanId,
    eventName,
  };
}

import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { Slices } from '#flow/slices.ts';
import { spanGroups } from '../request-groups.ts';
import type { Span, SpanEvent, SpanLink, Traces } from '../traces.ts';
import { writeAttributes, writeEnum, writeId, writeNumber, writeText, writeTime } from './encode-attributes.ts';
import { encodeGroups } from './encode-groups.ts';

/** Encodes an ExportTraceServiceRequest (proto/opentelemetry/proto/collector/trace/v1) in slices. */
export const encodeTraces = (traces: Traces): Slices<Buffer> => encodeGroups(spanGroups(traces), writeSpan);

/** The message is in decode-traces.ts. */
function writeSpan(writer: ProtobufWriter, span: Span): undefined {
  writeId(writer, 1, span.traceId);
  writeId(writer, 2, span.spanId);
  writeText(writer, 3, span.traceState);
  writeId(writer, 4, span.parentSpanId);
  writeText(writer, 5, span.name);
  writeEnum(writer, 6, span.kind);
  writeTime(writer, 7, span.startTimeUnixNano);
  writeTime(writer, 8, span.endTimeUnixNano);
  writeAttributes(writer, 9, span.attributes);
  writeNumber(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, 11, event);
  writeNumber(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, 13, link);
  writeNumber(writer, 14, span.droppedLinksCount);
  writer.tag(15, wireType.bytes);
  const inStatus = writer.begin();
  writeText(writer, 2, span.status.message);
  writeEnum(writer, 3, span.status.code);
  writer.end(inStatus);
  writeFlags(writer, 16, span.flags);
}

/** Writes a fixed32 unless it is 0. */
export function writeFlags(writer: ProtobufWriter, field: number, flags: number): void {
  if (flags === 0) return;
  writer.tag(field, wireType.fixed32);
  writer.fixed32(flags >>> 0);
}

function writeEvent(writer: ProtobufWriter, field: number, event: SpanEvent): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeTime(writer, 1, event.timeUnixNano);
  writeText(writer, 2, event.name);
  writeAttributes(writer, 3, event.attributes);
  writeNumber(writer, 4, event.droppedAttributesCount);
  writer.end(start);
}

function writeLink(writer: ProtobufWriter, field: number, link: SpanLink): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeId(writer, 1, link.traceId);
  writeId(writer, 2, link.spanId);
  writeText(writer, 3, link.traceState);
  writeAttributes(writer, 4, link.attributes);
  writeNumber(writer, 5, link.droppedAttributesCount);
  writeFlags(writer, 6, link.flags);
  writer.end(start);
}

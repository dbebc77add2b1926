import { drained, type Slices } from '#flow/slices.ts';
import type { KeyValue } from '../attributes.ts';
import type { ResourceSpans, ScopeSpans, Span, SpanEvent, SpanLink, SpanStatus, Traces } from '../traces.ts';
import { addKeyValue, attributesOf } from './decode-attributes.ts';
import { decodeSignal, type SignalDecoderOptions, type SignalShape } from './decode-signal.ts';
import { checkLength } from './packed.ts';
import { readId } from './read-id.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

const shape: SignalShape<Span, ScopeSpans, ResourceSpans> = {
  requestField: 'ResourceSpans',
  scopesField: 'ScopeSpans',
  itemsField: 'Spans',
  readItem: readSpan,
  scopeOf: (scope, spans, schemaUrl) => ({ scope, spans, schemaUrl }),
  resourceOf: (resource, scopeSpans, schemaUrl) => ({ resource, scopeSpans, schemaUrl }),
};

/**
 * Decodes an ExportTraceServiceRequest (proto/opentelemetry/proto/collector/trace/v1) without pausing.
 * @throws DecodeError
 */
export function decodeTraces(body: Buffer, options?: SignalDecoderOptions): Traces {
  return drained(decodeTracesInSlices(body, options));
}

/** Decodes an ExportTraceServiceRequest in slices. */
export function* decodeTracesInSlices(body: Buffer, options?: SignalDecoderOptions): Slices<Traces> {
  const { resources, itemCount } = yield* decodeSignal(body, shape, options);
  return { resourceSpans: resources, spanCount: itemCount };
}

const spanFields = {
  1: 'TraceId',
  2: 'SpanId',
  3: 'TraceState',
  4: 'ParentSpanId',
  5: 'Name',
  6: 'Kind',
  7: 'StartTimeUnixNano',
  8: 'EndTimeUnixNano',
  9: 'Attributes',
  10: 'DroppedAttributesCount',
  11: 'Events',
  12: 'DroppedEventsCount',
  13: 'Links',
  14: 'DroppedLinksCount',
  15: 'Status',
  16: 'Flags',
};
const eventFields = { 1: 'TimeUnixNano', 2: 'Name', 3: 'Attributes', 4: 'DroppedAttributesCount' };
const linkFields = {
  1: 'TraceId',
  2: 'SpanId',
  3: 'TraceState',
  4: 'Attributes',
  5: 'DroppedAttributesCount',
  6: 'Flags',
};
const statusFields = { 2: 'Message', 3: 'Code' };
const unset: SpanStatus = { message: '', code: 0 };

/**
 * message Span {
 *   bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; SpanKind kind = 6;
 *   fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10; repeated Event events = 11;
 *   uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
 * }
 */
function readSpan(reader: WireReader, messageEnd: number): Span {
  const attributes: KeyValue[] = [];
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const span = {
    traceId: '',
    spanId: '',
    traceState: '',
    parentSpanId: '',
    flags: 0,
    name: '',
    kind: 0,
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    status: unset,
  };
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) span.traceId = readId(reader, messageEnd, 'TraceID');
    else if (tag === 0x12) span.spanId = readId(reader, messageEnd, 'SpanID');
    else if (tag === 0x1a) span.traceState = readText(reader, messageEnd);
    else if (tag === 0x22) span.parentSpanId = readId(reader, messageEnd, 'SpanID');
    else if (tag === 0x2a) span.name = readText(reader, messageEnd);
    else if (tag === 0x30) span.kind = reader.varint32(messageEnd) | 0;
    else if (tag === 0x39) span.startTimeUnixNano = reader.fixed64Exact(messageEnd);
    else if (tag === 0x41) span.endTimeUnixNano = reader.fixed64Exact(messageEnd);
    else if (tag === 0x4a) addKeyValue(reader, messageEnd, attributes);
    else if (tag === 0x50) span.droppedAttributesCount = reader.varint32(messageEnd);
    else if (tag === 0x5a) addEvent(reader, messageEnd, events);
    else if (tag === 0x60) span.droppedEventsCount = reader.varint32(messageEnd);
    else if (tag === 0x6a) addLink(reader, messageEnd, links);
    else if (tag === 0x70) span.droppedLinksCount = reader.varint32(messageEnd);
    else if (tag === 0x7a) span.status = readStatus(reader, messageEnd, span.status);
    else if (tag === 0x85) span.flags = reader.fixed32(messageEnd);
    else reader.skip(tag, messageEnd, spanFields);
  }
  return { ...span, attributes: attributesOf(attributes), events, links };
}

function addEvent(reader: WireReader, end: number, events: SpanEvent[]): void {
  checkLength(reader, events.length + 1);
  events.push(readEvent(reader, end));
}

function addLink(reader: WireReader, end: number, links: SpanLink[]): void {
  checkLength(reader, links.length + 1);
  links.push(readLink(reader, end));
}

/** message Event { fixed64 time = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; } */
function readEvent(reader: WireReader, end: number): SpanEvent {
  const messageEnd = reader.lengthEnd(end);
  const attributes: KeyValue[] = [];
  let timeUnixNano = 0n;
  let name = '';
  let droppedAttributesCount = 0;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x09) timeUnixNano = reader.fixed64Exact(messageEnd);
    else if (tag === 0x12) name = readText(reader, messageEnd);
    else if (tag === 0x1a) addKeyValue(reader, messageEnd, attributes);
    else if (tag === 0x20) droppedAttributesCount = reader.varint32(messageEnd);
    else reader.skip(tag, messageEnd, eventFields);
  }
  return { timeUnixNano, name, attributes: attributesOf(attributes), droppedAttributesCount };
}

/**
 * message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
 *   uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
 */
function readLink(reader: WireReader, end: number): SpanLink {
  const messageEnd = reader.lengthEnd(end);
  const attributes: KeyValue[] = [];
  let traceId = '';
  let spanId = '';
  let traceState = '';
  let droppedAttributesCount = 0;
  let flags = 0;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) traceId = readId(reader, messageEnd, 'TraceID');
    else if (tag === 0x12) spanId = readId(reader, messageEnd, 'SpanID');
    else if (tag === 0x1a) traceState = readText(reader, messageEnd);
    else if (tag === 0x22) addKeyValue(reader, messageEnd, attributes);
    else if (tag === 0x28) droppedAttributesCount = reader.varint32(messageEnd);
    else if (tag === 0x35) flags = reader.fixed32(messageEnd);
    else reader.skip(tag, messageEnd, linkFields);
  }
  return { traceId, spanId, traceState, attributes: attributesOf(attributes), droppedAttributesCount, flags };
}

/** message Status { string message = 2; StatusCode code = 3; } Two occurrences are merged. */
function readStatus(reader: WireReader, end: number, before: SpanStatus): SpanStatus {
  const messageEnd = reader.lengthEnd(end);
  let { message, code } = before;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x12) message = readText(reader, messageEnd);
    else if (tag === 0x18) code = reader.varint32(messageEnd) | 0;
    else reader.skip(tag, messageEnd, statusFields);
  }
  return { message, code };
}

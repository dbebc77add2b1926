import type { Slices } from '#flow/slices.ts';
import { spanGroups } from '../request-groups.ts';
import type { Span, Traces } from '../traces.ts';
import { groupsToJson } from './groups-to-json.ts';
import { attributes, type JsonPart, list, long, small, text } from './json-parts.ts';

const names = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' };

/** Returns an ExportTraceServiceRequest in JSON, see `groupsToJson`. */
export function tracesToJson(traces: Traces): Slices<string> {
  return groupsToJson(spanGroups(traces), names, (output, span) => void output.writePart(spanPart(span)));
}

function spanPart(span: Span): JsonPart {
  return {
    traceId: text(span.traceId),
    spanId: text(span.spanId),
    traceState: text(span.traceState),
    parentSpanId: text(span.parentSpanId),
    flags: small(span.flags),
    name: text(span.name),
    kind: small(span.kind),
    startTimeUnixNano: long(span.startTimeUnixNano),
    endTimeUnixNano: long(span.endTimeUnixNano),
    attributes: attributes(span.attributes),
    droppedAttributesCount: small(span.droppedAttributesCount),
    events: list(span.events, (event) => ({
      timeUnixNano: long(event.timeUnixNano),
      name: text(event.name),
      attributes: attributes(event.attributes),
      droppedAttributesCount: small(event.droppedAttributesCount),
    })),
    droppedEventsCount: small(span.droppedEventsCount),
    links: list(span.links, (link) => ({
      traceId: text(link.traceId),
      spanId: text(link.spanId),
      traceState: text(link.traceState),
      attributes: attributes(link.attributes),
      droppedAttributesCount: small(link.droppedAttributesCount),
      flags: small(link.flags),
    })),
    droppedLinksCount: small(span.droppedLinksCount),
    status: { message: text(span.status.message), code: small(span.status.code) },
  };
}

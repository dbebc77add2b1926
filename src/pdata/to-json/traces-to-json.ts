import type { Slices } from '#flow/slices.ts';
import type { Span, Traces } from '../traces.ts';
import { JsonOutput } from './json-output.ts';
import { attributes, type JsonPart, list, long, resource, scope, small, text } from './json-parts.ts';

/** Returns an ExportTraceServiceRequest in OTLP's JSON form on one line, in slices. Fields are in the Collector's order. */
export function* tracesToJson({ resourceSpans }: Traces): Slices<string> {
  const output = new JsonOutput();
  output.beginList({}, 'resourceSpans');
  for (const [r, one] of resourceSpans.entries()) {
    if (r > 0) output.write(',');
    output.beginList({ resource: resource(one.resource) }, 'scopeSpans');
    for (const [s, { scope: from, spans, schemaUrl }] of one.scopeSpans.entries()) {
      if (s > 0) output.write(',');
      output.beginList({ scope: scope(from) }, 'spans');
      for (const [i, span] of spans.entries()) {
        if (i > 0) output.write(',');
        output.writePart(spanPart(span));
        if (output.isPauseDue()) yield;
      }
      output.endList({ schemaUrl: text(schemaUrl) });
    }
    output.endList({ schemaUrl: text(one.schemaUrl) });
  }
  output.endList({});
  return output.text;
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

import { type ByteString, toByteString } from '#bytes/utf8.ts';
import type { Slices } from '#flow/slices.ts';
import { timestampText } from '#go/timestamp.ts';
import type { Span, SpanEvent, SpanLink, Traces } from '#pdata/traces.ts';
import { AttributesBlocks, attributesBlock } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { Envelope } from './envelope.ts';

const kinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const statusCodes = ['Unset', 'Ok', 'Error'];

/** The detailed layout of traces. */
export class DetailedTraces implements Layout<Traces> {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributesBlocks('Attributes:');

  *write({ resourceSpans }: Traces, body: BodyText): Slices<void> {
    for (const [i, { resource, scopeSpans, schemaUrl }] of resourceSpans.entries()) {
      body.add(`ResourceSpans #${i}\n${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, spans, schemaUrl }] of scopeSpans.entries()) {
        body.add(`ScopeSpans #${j}\n${this.#envelope.scope('ScopeSpans', scope, schemaUrl)}`);
        for (const [k, span] of spans.entries()) {
          body.add(`Span #${k}\n${this.#span(span)}`);
          if (body.isTooLong) return;
          if (body.isPauseDue()) yield;
        }
        if (body.isTooLong) return;
        if (body.isPauseDue()) yield;
      }
      if (body.isTooLong) return;
      if (body.isPauseDue()) yield;
    }
  }

  #span(span: Span): ByteString {
    let text = field('Trace ID', span.traceId);
    text += field('Parent ID', span.parentSpanId);
    text += field('ID', span.spanId);
    text += field('Name', toByteString(span.name));
    text += field('Kind', kinds[span.kind] ?? '');
    if (span.traceState !== '') text += field('TraceState', toByteString(span.traceState));
    text += field('Start time', timestampText(span.startTimeUnixNano));
    text += field('End time', timestampText(span.endTimeUnixNano));
    text += field('Status code', statusCodes[span.status.code] ?? '');
    text += field('Status message', toByteString(span.status.message));
    text += field('DroppedAttributesCount', span.droppedAttributesCount);
    text += field('DroppedEventsCount', span.droppedEventsCount);
    text += field('DroppedLinksCount', span.droppedLinksCount);
    return text + this.#attributes.of(span.attributes) + eventsText(span.events) + linksText(span.links);
  }
}

function field(name: string, value: string | number): ByteString {
  return `    ${name.padEnd(15)}: ${value}\n`;
}

function eventsText(events: readonly SpanEvent[]): ByteString {
  if (events.length === 0) return '';
  let text = 'Events:\n';
  for (const [i, event] of events.entries()) {
    text += `SpanEvent #${i}\n     -> Name: ${toByteString(event.name)}\n`;
    text += `     -> Timestamp: ${timestampText(event.timeUnixNano)}\n`;
    text += droppedAndAttributes(event);
  }
  return text;
}

function linksText(links: readonly SpanLink[]): ByteString {
  if (links.length === 0) return '';
  let text = 'Links:\n';
  for (const [i, link] of links.entries()) {
    text += `SpanLink #${i}\n     -> Trace ID: ${link.traceId}\n     -> ID: ${link.spanId}\n`;
    text += `     -> TraceState: ${toByteString(link.traceState)}\n`;
    text += droppedAndAttributes(link);
  }
  return text;
}

/** Same text as the Collector, including the double colon. */
function droppedAndAttributes({ droppedAttributesCount, attributes }: SpanEvent | SpanLink): ByteString {
  const block = attributesBlock(attributes, '     -> Attributes::', '          -> ');
  return `     -> DroppedAttributesCount: ${droppedAttributesCount}\n${block}`;
}

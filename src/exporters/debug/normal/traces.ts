import { toByteString } from '#bytes/utf8.ts';
import type { Slices } from '#flow/slices.ts';
import type { Traces } from '#pdata/traces.ts';
import { AttributePairs } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { Envelope } from './envelope.ts';

/** The normal layout of traces: one line for each span. */
export class NormalTraces implements Layout<Traces> {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(' ');

  *write({ resourceSpans }: Traces, body: BodyText): Slices<void> {
    for (const [i, { resource, scopeSpans, schemaUrl }] of resourceSpans.entries()) {
      body.add(`ResourceTraces #${i}${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, spans, schemaUrl }] of scopeSpans.entries()) {
        body.add(`ScopeTraces #${j}${this.#envelope.scope(scope, schemaUrl)}`);
        for (const { name, traceId, spanId, attributes } of spans) {
          const pairs = attributes.entries.length === 0 ? '' : ` ${this.#attributes.of(attributes)}`;
          body.add(`${toByteString(name)} ${traceId} ${spanId}${pairs}\n`);
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
}

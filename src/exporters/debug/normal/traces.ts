import type { Traces } from '../../../pdata/traces.ts';
import { type ByteString, toByteString } from '../../../pdata/utf8.ts';
import { AttributePairs } from '../attributes-text.ts';
import { Envelope } from './envelope.ts';

/** The normal layout of traces: one line for each span. */
export class NormalTraces {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(' ');

  body({ resourceSpans }: Traces): ByteString {
    let text = '';
    for (const [i, { resource, scopeSpans, schemaUrl }] of resourceSpans.entries()) {
      text += `ResourceTraces #${i}${this.#envelope.resource(resource, schemaUrl)}`;
      for (const { scope, spans, schemaUrl } of scopeSpans) {
        // The collector numbers scopes by their resource.
        text += `ScopeTraces #${i}${this.#envelope.scope(scope, schemaUrl)}`;
        for (const { name, traceId, spanId, attributes } of spans) {
          const pairs = attributes.entries.length === 0 ? '' : ` ${this.#attributes.of(attributes)}`;
          text += `${toByteString(name)} ${traceId} ${spanId}${pairs}\n`;
        }
      }
    }
    return text;
  }
}

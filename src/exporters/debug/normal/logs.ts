import type { Slices } from '#flow/slices.ts';
import type { Logs } from '#pdata/logs.ts';
import { AttributePairs } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { valueBytes } from '../text.ts';
import { Envelope } from './envelope.ts';

/** The normal layout of logs: body and attributes of each record, always separated by a space. */
export class NormalLogs implements Layout<Logs> {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(' ');

  *write({ resourceLogs }: Logs, body: BodyText): Slices<void> {
    for (const [i, { resource, scopeLogs, schemaUrl }] of resourceLogs.entries()) {
      body.add(`ResourceLog #${i}${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, logRecords, schemaUrl }] of scopeLogs.entries()) {
        body.add(`ScopeLog #${j}${this.#envelope.scope(scope, schemaUrl)}`);
        for (const { body: text, attributes } of logRecords) {
          body.add(`${valueBytes(text)} ${this.#attributes.of(attributes)}\n`);
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

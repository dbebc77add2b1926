import type { Logs } from '../../../pdata/logs.ts';
import type { ByteString } from '../../../pdata/utf8.ts';
import { AttributePairs } from '../attributes-text.ts';
import { valueBytes } from '../text.ts';
import { Envelope } from './envelope.ts';

/** The normal layout of logs: the body and the attributes of each record, with a blank between them in any case. */
export class NormalLogs {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(' ');

  body({ resourceLogs }: Logs): ByteString {
    let text = '';
    for (const [i, { resource, scopeLogs, schemaUrl }] of resourceLogs.entries()) {
      text += `ResourceLog #${i}${this.#envelope.resource(resource, schemaUrl)}`;
      for (const { scope, logRecords, schemaUrl } of scopeLogs) {
        // The collector numbers scopes by their resource.
        text += `ScopeLog #${i}${this.#envelope.scope(scope, schemaUrl)}`;
        for (const { body, attributes } of logRecords)
          text += `${valueBytes(body)} ${this.#attributes.of(attributes)}\n`;
      }
    }
    return text;
  }
}

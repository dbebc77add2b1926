import { type ByteString, toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { InstrumentationScope, Resource } from '#pdata/metrics.ts';
import { attributePairs } from '../attributes-text.ts';
import { flat } from '../text.ts';

const remembered = 1024;

/** The text after `ResourceMetrics #0` and `ScopeMetrics #0` in the normal layout, cached by reference. */
export class Envelope {
  readonly #resources = new Memo<Resource, ByteString>(remembered);
  readonly #scopes = new Memo<InstrumentationScope, ByteString>(remembered);

  resource(resource: Resource, schemaUrl: string): ByteString {
    const known = this.#resources.get(resource);
    const pairs = known ?? this.#resources.set(resource, precededByBlank(attributePairs(resource.attributes, ' ')));
    return `${schemaUrl === '' ? '' : ` [${toByteString(schemaUrl)}]`}${pairs}\n`;
  }

  scope(scope: InstrumentationScope, schemaUrl: string): ByteString {
    const known = this.#scopes.get(scope);
    const pairs = known ?? this.#scopes.set(scope, precededByBlank(attributePairs(scope.attributes, ' ')));
    const name = `${scope.name}${scope.version === '' ? '' : `@${scope.version}`}`;
    const url = schemaUrl === '' ? '' : ` [${schemaUrl}]`;
    return `${toByteString(precededByBlank(name) + url)}${pairs}\n`;
  }
}

function precededByBlank(text: string): string {
  return text === '' ? '' : flat(` ${text}`);
}

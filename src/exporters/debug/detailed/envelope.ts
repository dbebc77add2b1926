import { type ByteString, toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { EntityRef, InstrumentationScope, Resource } from '#pdata/metrics.ts';
import { attributesBlock } from '../attributes-text.ts';
import { flat } from '../text.ts';

const remembered = 1024;

/** The lines of resource and scope above metrics, spans, and log records, cached by reference. */
export class Envelope {
  readonly #resources = new Memo<Resource, ByteString>(remembered);
  readonly #scopes = new Memo<InstrumentationScope, ByteString>(remembered);

  /** The lines after `ResourceMetrics #0`. */
  resource(resource: Resource, schemaUrl: string): ByteString {
    const details = this.#resources.get(resource) ?? this.#resources.set(resource, resourceDetails(resource));
    return `Resource SchemaURL: ${toByteString(schemaUrl)}\n${details}`;
  }

  /** The lines after `ScopeMetrics #0`; `kind` is `ScopeMetrics`, `ScopeSpans` or `ScopeLogs`. */
  scope(kind: string, scope: InstrumentationScope, schemaUrl: string): ByteString {
    const details = this.#scopes.get(scope) ?? this.#scopes.set(scope, scopeDetails(scope));
    return `${kind} SchemaURL: ${toByteString(schemaUrl)}\n${details}`;
  }
}

function resourceDetails(resource: Resource): ByteString {
  return flat(attributesBlock(resource.attributes, 'Resource attributes:') + entityRefs(resource.entityRefs));
}

function entityRefs(refs: readonly EntityRef[]): ByteString {
  if (refs.length === 0) return '';
  let text = 'Resource entity refs:\n';
  for (const [index, ref] of refs.entries()) {
    text += `     -> Entity ref #${index}:\n          -> Type: ${toByteString(ref.type)}\n`;
    if (ref.schemaUrl !== '') text += `          -> Schema URL: ${toByteString(ref.schemaUrl)}\n`;
    text += entityKeys('ID keys', ref.idKeys) + entityKeys('Description keys', ref.descriptionKeys);
  }
  return text;
}

function entityKeys(title: string, keys: readonly string[]): ByteString {
  if (keys.length === 0) return '';
  const lines = keys.map((key) => `               -> ${toByteString(key)}\n`);
  return `          -> ${title}:\n${lines.join('')}`;
}

function scopeDetails({ name, version, attributes }: InstrumentationScope): ByteString {
  const head = `InstrumentationScope ${toByteString(name)} ${toByteString(version)}\n`;
  return flat(head + attributesBlock(attributes, 'InstrumentationScope attributes:'));
}

import type { InstrumentationScope, Resource } from '../metrics.ts';
import { decodeResource, decodeScope } from './decode-envelope.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { readText } from './text-table.ts';
import { WireReader } from './wire-reader.ts';

/** What differs between the requests of traces and logs, which are shaped alike. Names are the collector's. */
export interface SignalShape<Item> {
  readonly requestField: string;
  readonly scopesField: string;
  readonly itemsField: string;
  /** Reads an item whose length stands at the reader's position. */
  readonly readItem: (reader: WireReader, end: number) => Item;
}

export interface ItemsOfResource<Item> {
  readonly resource: Resource;
  readonly scopes: readonly ItemsOfScope<Item>[];
  readonly schemaUrl: string;
}

interface ItemsOfScope<Item> {
  readonly scope: InstrumentationScope;
  readonly items: readonly Item[];
  readonly schemaUrl: string;
}

/** Tag of the deprecated field 1000 of a resource's data. */
const deprecatedScopes = 8002;

/**
 * Decodes an export request: message Export…Request { repeated Resource… = 1; }. Throws DecodeError. Nothing is interned: these
 * signals are only counted and printed.
 */
export function decodeSignal<Item>(body: Buffer, shape: SignalShape<Item>): ItemsOfResource<Item>[] {
  const reader = new WireReader(body);
  const known = { 1: shape.requestField };
  const resources: ItemsOfResource<Item>[] = [];
  while (reader.position < body.length) {
    const tag = reader.tag(body.length);
    if (tag === 0x0a) resources.push(readResource(reader, body.length, shape));
    else reader.skip(tag, body.length, known);
  }
  return resources;
}

/** message Resource… { Resource resource = 1; repeated Scope… = 2; string schema_url = 3; repeated Scope… deprecated = 1000; } */
function readResource<Item>(reader: WireReader, end: number, shape: SignalShape<Item>): ItemsOfResource<Item> {
  const messageEnd = reader.lengthEnd(end);
  const { scopesField } = shape;
  const known = { 1: 'Resource', 2: scopesField, 3: 'SchemaUrl', 1000: `Deprecated${scopesField}` };
  const resource = new GatheredBytes();
  const scopes: ItemsOfScope<Item>[] = [];
  const deprecated: ItemsOfScope<Item>[] = [];
  let schemaUrl = '';
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) resource.addField(reader, messageEnd);
    else if (tag === 0x12) scopes.push(readScope(reader, messageEnd, shape));
    else if (tag === 0x1a) schemaUrl = readText(reader, messageEnd);
    else if (tag === deprecatedScopes) deprecated.push(readScope(reader, messageEnd, shape));
    else reader.skip(tag, messageEnd, known);
  }
  return {
    resource: resource.read(reader, (bytes, _start, stop) => decodeResource(bytes, stop)),
    scopes: scopes.length === 0 ? deprecated : scopes,
    schemaUrl,
  };
}

/** message Scope… { InstrumentationScope scope = 1; repeated Item = 2; string schema_url = 3; } */
function readScope<Item>(reader: WireReader, end: number, shape: SignalShape<Item>): ItemsOfScope<Item> {
  const messageEnd = reader.lengthEnd(end);
  const known = { 1: 'Scope', 2: shape.itemsField, 3: 'SchemaUrl' };
  const scope = new GatheredBytes();
  const items: Item[] = [];
  let schemaUrl = '';
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) scope.addField(reader, messageEnd);
    else if (tag === 0x12) items.push(shape.readItem(reader, messageEnd));
    else if (tag === 0x1a) schemaUrl = readText(reader, messageEnd);
    else reader.skip(tag, messageEnd, known);
  }
  return { scope: scope.read(reader, (bytes, _start, stop) => decodeScope(bytes, stop)), items, schemaUrl };
}

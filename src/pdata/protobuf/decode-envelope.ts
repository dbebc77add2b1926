import { type Attributes, type KeyValue, noAttributes } from '../attributes.ts';
import type { EntityRef, InstrumentationScope, MetricDescriptor, Resource } from '../metrics.ts';
import { readKeyValue, readText } from './decode-attributes.ts';
import { WireReader } from './wire-reader.ts';

const resourceFields = { 1: 'Attributes', 2: 'DroppedAttributesCount', 3: 'EntityRefs' };
const entityRefFields = { 1: 'SchemaUrl', 2: 'Type', 3: 'IdKeys', 4: 'DescriptionKeys' };
const scopeFields = { 1: 'Name', 2: 'Version', 3: 'Attributes', 4: 'DroppedAttributesCount' };

const attributesOf = (entries: readonly KeyValue[]): Attributes => (entries.length === 0 ? noAttributes : { entries });

/** message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; repeated EntityRef entity_refs = 3; } */
export function decodeResource(bytes: Buffer): Resource {
  const reader = new WireReader(bytes);
  const entries: KeyValue[] = [];
  const entityRefs: EntityRef[] = [];
  let droppedAttributesCount = 0;
  while (reader.position < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag === 0x0a) entries.push(readKeyValue(reader, bytes.length));
    else if (tag === 0x10) droppedAttributesCount = reader.varint32(bytes.length);
    else if (tag === 0x1a) entityRefs.push(readEntityRef(reader, bytes.length));
    else reader.skip(tag, bytes.length, resourceFields);
  }
  return { attributes: attributesOf(entries), droppedAttributesCount, entityRefs };
}

/** message EntityRef { string schema_url = 1; string type = 2; repeated string id_keys = 3; repeated string description_keys = 4; } */
function readEntityRef(reader: WireReader, end: number): EntityRef {
  const messageEnd = reader.lengthEnd(end);
  const idKeys: string[] = [];
  const descriptionKeys: string[] = [];
  let schemaUrl = '';
  let type = '';
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) schemaUrl = readText(reader, messageEnd);
    else if (tag === 0x12) type = readText(reader, messageEnd);
    else if (tag === 0x1a) idKeys.push(readText(reader, messageEnd));
    else if (tag === 0x22) descriptionKeys.push(readText(reader, messageEnd));
    else reader.skip(tag, messageEnd, entityRefFields);
  }
  return { schemaUrl, type, idKeys, descriptionKeys };
}

/** message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; } */
export function decodeScope(bytes: Buffer): InstrumentationScope {
  const reader = new WireReader(bytes);
  const entries: KeyValue[] = [];
  let name = '';
  let version = '';
  let droppedAttributesCount = 0;
  while (reader.position < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag === 0x0a) name = readText(reader, bytes.length);
    else if (tag === 0x12) version = readText(reader, bytes.length);
    else if (tag === 0x1a) entries.push(readKeyValue(reader, bytes.length));
    else if (tag === 0x20) droppedAttributesCount = reader.varint32(bytes.length);
    else reader.skip(tag, bytes.length, scopeFields);
  }
  return { name, version, attributes: attributesOf(entries), droppedAttributesCount };
}

/** The fields of a Metric that are not its data: string name = 1; string description = 2; string unit = 3; repeated KeyValue metadata = 12. */
export function decodeDescriptor(bytes: Buffer): MetricDescriptor {
  const reader = new WireReader(bytes);
  const entries: KeyValue[] = [];
  let name = '';
  let description = '';
  let unit = '';
  while (reader.position < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag === 0x0a) name = readText(reader, bytes.length);
    else if (tag === 0x12) description = readText(reader, bytes.length);
    else if (tag === 0x1a) unit = readText(reader, bytes.length);
    else entries.push(readKeyValue(reader, bytes.length));
  }
  return { name, description, unit, metadata: attributesOf(entries) };
}

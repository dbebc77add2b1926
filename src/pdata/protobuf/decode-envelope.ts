import type { KeyValue } from '../attributes.ts';
import type { EntityRef, InstrumentationScope, MetricDescriptor, Resource } from '../metrics.ts';
import { addKeyValue, attributesOf } from './decode-attributes.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

const resourceFields = { 1: 'Attributes', 2: 'DroppedAttributesCount', 3: 'EntityRefs' };
const entityRefFields = { 1: 'SchemaUrl', 2: 'Type', 3: 'IdKeys', 4: 'DescriptionKeys' };
const scopeFields = { 1: 'Name', 2: 'Version', 3: 'Attributes', 4: 'DroppedAttributesCount' };

/** message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; repeated EntityRef entity_refs = 3; } */
export function decodeResource(reader: WireReader, end: number): Resource {
  const entries: KeyValue[] = [];
  const entityRefs: EntityRef[] = [];
  let droppedAttributesCount = 0;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) addKeyValue(reader, end, entries);
    else if (tag === 0x10) droppedAttributesCount = reader.varint32(end);
    else if (tag === 0x1a) entityRefs.push(readEntityRef(reader, end));
    else reader.skip(tag, end, resourceFields);
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
export function decodeScope(reader: WireReader, end: number): InstrumentationScope {
  const entries: KeyValue[] = [];
  let name = '';
  let version = '';
  let droppedAttributesCount = 0;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) name = readText(reader, end);
    else if (tag === 0x12) version = readText(reader, end);
    else if (tag === 0x1a) addKeyValue(reader, end, entries);
    else if (tag === 0x20) droppedAttributesCount = reader.varint32(end);
    else reader.skip(tag, end, scopeFields);
  }
  return { name, version, attributes: attributesOf(entries), droppedAttributesCount };
}

/** The fields of a Metric that are not its data: string name = 1; string description = 2; string unit = 3; repeated KeyValue metadata = 12. */
export function decodeDescriptor(reader: WireReader, end: number): MetricDescriptor {
  const entries: KeyValue[] = [];
  let name = '';
  let description = '';
  let unit = '';
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) name = readText(reader, end);
    else if (tag === 0x12) description = readText(reader, end);
    else if (tag === 0x1a) unit = readText(reader, end);
    else addKeyValue(reader, end, entries);
  }
  return { name, description, unit, metadata: attributesOf(entries) };
}

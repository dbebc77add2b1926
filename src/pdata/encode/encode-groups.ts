import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { Slices } from '#flow/slices.ts';
import type { ResourceGroup } from '../request-groups.ts';
import { writeResource, writeScope, writeText } from './encode-attributes.ts';

/** Bytes that are written before other work can run: a few milliseconds. */
export const sliceBytes = 256 * 1024;

/** A writer that says when other work should run. */
export class RequestWriter extends ProtobufWriter {
  #pause = sliceBytes;

  isPauseDue(): boolean {
    if (this.length < this.#pause) return false;
    this.#pause = this.length + sliceBytes;
    return true;
  }
}

/** Writes the fields of an item. Returns the rest of the work if it can pause. */
type WriteItem<Item> = (writer: RequestWriter, item: Item) => Slices<void> | undefined;

/**
 * Encodes an export request in slices. The messages around the items have the same field numbers for each signal:
 * resources = 1 { resource = 1, scopes = 2 { scope = 1, items = 2, schema_url = 3 }, schema_url = 3 }.
 */
export function* encodeGroups<Item>(
  groups: readonly ResourceGroup<Item>[],
  writeItem: WriteItem<Item>,
  expectedBytes = 4096,
): Slices<Buffer> {
  const writer = new RequestWriter(expectedBytes);
  for (const { resource, scopes, schemaUrl } of groups) {
    writer.tag(1, wireType.bytes);
    const inResource = writer.begin();
    writeResource(writer, 1, resource);
    for (const { scope, items, schemaUrl: scopeUrl } of scopes) {
      writer.tag(2, wireType.bytes);
      const inScope = writer.begin();
      writeScope(writer, 1, scope);
      for (const item of items) {
        writer.tag(2, wireType.bytes);
        const inItem = writer.begin();
        const rest = writeItem(writer, item);
        if (rest) yield* rest;
        writer.end(inItem);
        if (writer.isPauseDue()) yield;
      }
      writeText(writer, 3, scopeUrl);
      writer.end(inScope);
    }
    writeText(writer, 3, schemaUrl);
    writer.end(inResource);
  }
  return writer.finish();
}

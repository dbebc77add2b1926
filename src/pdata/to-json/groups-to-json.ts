import type { Slices } from '#flow/slices.ts';
import type { ResourceGroup } from '../request-groups.ts';
import { JsonOutput } from './json-output.ts';
import { resource, scope, text } from './json-parts.ts';

/** Names of the nested lists of a signal. */
interface ListNames {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

/** Writes an item. Returns the rest of the work if it can pause. */
type WriteItem<Item> = (output: JsonOutput, item: Item) => Slices<void> | undefined;

/** Returns an export request in OTLP's JSON form on one line, in slices. Fields are in the Collector's order. */
export function* groupsToJson<Item>(
  groups: readonly ResourceGroup<Item>[],
  names: ListNames,
  writeItem: WriteItem<Item>,
): Slices<string> {
  const output = new JsonOutput();
  output.beginList({}, names.resources);
  for (const [r, group] of groups.entries()) {
    if (r > 0) output.write(',');
    output.beginList({ resource: resource(group.resource) }, names.scopes);
    for (const [s, { scope: from, items, schemaUrl }] of group.scopes.entries()) {
      if (s > 0) output.write(',');
      output.beginList({ scope: scope(from) }, names.items);
      for (const [i, item] of items.entries()) {
        if (i > 0) output.write(',');
        const rest = writeItem(output, item);
        if (rest) yield* rest;
        if (output.isPauseDue()) yield;
      }
      output.endList({ schemaUrl: text(schemaUrl) });
    }
    output.endList({ schemaUrl: text(group.schemaUrl) });
  }
  output.endList({});
  return output.text;
}

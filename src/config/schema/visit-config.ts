import type { z } from 'zod';
import { camelCase } from './groups.ts';
import { metadataOf, type SchemaMetadata } from './metadata.ts';

/** A key of a decoded configuration. */
export interface VisitedKey {
  /** Keys that lead to it, as written in YAML. */
  readonly path: readonly string[];
  readonly metadata: SchemaMetadata;
  readonly value: unknown;
  /** The decoded group that contains the key, with camelCase names. */
  readonly group: Readonly<Record<string, unknown>>;
}

/** Calls `visit` for every key of a decoded configuration and its groups. Skips disabled groups. */
export function visitConfig(
  schema: z.ZodType,
  value: unknown,
  visit: (key: VisitedKey) => void,
  path: readonly string[] = [],
): void {
  if (value === undefined || value === null) return;
  const { kind, shape = {}, item } = metadataOf(schema);
  if (kind === 'group') {
    const group = value as Record<string, unknown>;
    for (const [key, child] of Object.entries(shape)) {
      const below = [...path, key];
      visit({ path: below, metadata: metadataOf(child), value: group[camelCase(key)], group });
      visitConfig(child, group[camelCase(key)], visit, below);
    }
  } else if (item && typeof value === 'object') {
    for (const [key, element] of Object.entries(value)) visitConfig(item, element, visit, [...path, key]);
  }
}

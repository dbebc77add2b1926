import { z } from 'zod';
import { goTypeOf, isRawMap, withoutText } from '../config/raw-value.ts';
import { type SchemaMetadata, withMetadata } from '../config/schema/metadata.ts';
import { secret, string } from '../config/schema.ts';

/** One header of a `headerMap`, its name as configured. */
export interface HeaderPair {
  readonly name: string;
  readonly value: string;
}

/**
 * Headers, written as a map or as a list of `{name, value}`; the values are secrets. A map is read in the order of its
 * names, a list as it stands; the same name twice in a list is a validation error.
 */
export function headerMap(): z.ZodType<readonly HeaderPair[]> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): readonly HeaderPair[] => {
      const value = withoutText(raw);
      if (value === undefined || value === null) return [];
      const entries = isRawMap(value)
        ? Object.entries(value).sort(byName)
        : Array.isArray(value)
          ? value.map(pairOf)
          : undefined;
      if (entries === undefined) {
        const message = `expected type 'map[string]configopaque.String', got unconvertible type '${goTypeOf(value)}'`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      return entries.flatMap(([name, element], index) => {
        const decodedName = string().safeParse(name);
        const decodedValue = secret().safeParse(element);
        if (decodedName.success && decodedValue.success) return [{ name: decodedName.data, value: decodedValue.data }];
        const path = Array.isArray(value) ? [`[${index}]`] : [`[${name}]`];
        for (const issue of [...(decodedName.error?.issues ?? []), ...(decodedValue.error?.issues ?? [])]) {
          context.addIssue({ code: 'custom', message: issue.message, path });
        }
        return [];
      });
    });
  return withMetadata(schema as z.ZodType<readonly HeaderPair[]>, metadata);
}

const metadata: SchemaMetadata = { kind: 'map', item: secret(), default: {}, checks: [refuseDuplicates] };

function refuseDuplicates(pairs: readonly HeaderPair[]): string | undefined {
  const names = pairs.map(({ name }) => name);
  const duplicates = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].sort();
  return duplicates.length === 0 ? undefined : `duplicate keys in map-style list: [${duplicates.join(' ')}]`;
}

function pairOf(element: unknown): [name: unknown, value: unknown] {
  const value = withoutText(element);
  return isRawMap(value) ? [value.name ?? '', value.value ?? ''] : [value, ''];
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

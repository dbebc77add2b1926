import { z } from 'zod';
import { goKindOf, isRawMap, withoutText } from './raw-value.ts';
import { decodeFailure } from './schema/decode-error.ts';
import { type SchemaMetadata, withMetadata } from './schema/metadata.ts';
import { secret, string } from './schema.ts';

/** One header of a `headerMap`, with its configured name. */
export interface HeaderPair {
  readonly name: string;
  readonly value: string;
}

/**
 * Schema of headers: a map or a list of `{name, value}`. The values are secrets. A map is sorted by name; a list keeps
 * its order. A duplicate name in a list is a validation error.
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
        const message = `source data must be an array or slice, got ${goKindOf(value)}`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      const issues: z.core.$ZodIssue[] = [];
      const pairs = entries.map(([name, element], index) => {
        const key = Array.isArray(value) ? `[${index}]` : `[${name}]`;
        return { name: decode(string(), name, { key, issues }), value: decode(secret(), element, { key, issues }) };
      });
      if (issues.length > 0) context.addIssue({ code: 'custom', message: decodeFailure(issues, '').message });
      return pairs;
    });
  return withMetadata(schema as z.ZodType<readonly HeaderPair[]>, metadata);
}

/** Decodes a name or value. Errors are reported for `key`. */
function decode(
  schema: z.ZodType<string>,
  raw: unknown,
  { key, issues }: { readonly key: string; readonly issues: z.core.$ZodIssue[] },
): string {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  issues.push(...result.error.issues.map((issue) => ({ ...issue, path: [key] })));
  return '';
}

const metadata: SchemaMetadata = {
  kind: 'map',
  isPairs: true,
  item: secret(),
  default: {},
  checks: [refuseDuplicates],
};

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

import type { KeyValue } from '#pdata/attributes.ts';

/** Returns `entries` with the attributes of `added`. An existing attribute is replaced in its place if `replace`. */
export function mergedAttributes(
  entries: readonly KeyValue[],
  added: readonly KeyValue[],
  replace: boolean,
): readonly KeyValue[] {
  const merged = [...entries];
  for (const attribute of added) {
    const index = merged.findIndex(({ key }) => key === attribute.key);
    if (index === -1) merged.push(attribute);
    else if (replace) merged[index] = attribute;
  }
  return merged;
}

/** Returns the schema URL of merged data: the existing one, unless it is empty. */
export function mergedSchemaUrl(existing: string, added: string): string {
  return existing === '' ? added : existing;
}

import type { Resource } from '#pdata/metrics.ts';
import { groupPath } from './group-path.ts';

/** The resources of a request by the path of their file. */
export interface PartGroups<Part> {
  readonly byPath: ReadonlyMap<string, readonly Part[]>;
  /** Resources without the attribute. */
  readonly without: readonly Part[];
}

/** Groups the resources of a request by the path that their attribute selects. Only attributes that are text do. */
export function groupParts<Part extends { readonly resource: Resource }>(
  parts: readonly Part[],
  { pattern, attribute }: { readonly pattern: string; readonly attribute: string },
): PartGroups<Part> {
  const byPath = new Map<string, Part[]>();
  const without: Part[] = [];
  for (const part of parts) {
    const value = part.resource.attributes.entries.find(({ key }) => key === attribute)?.value;
    if (typeof value !== 'string') {
      without.push(part);
      continue;
    }
    const path = groupPath(pattern, value);
    const group = byPath.get(path);
    if (group) group.push(part);
    else byPath.set(path, [part]);
  }
  return { byPath, without };
}

import type { Attributes } from '#pdata/attributes.ts';
import { defaultItemLimits } from '#pdata/item-limits.ts';
import { valueText } from '#pdata/value-text.ts';
import type { SeriesIdentity } from '../../policy.ts';

const { maxTextBytes, maxAttributes, maxListLength } = defaultItemLimits;
/** Bytes of a total with the longest list of bounds, at most: a double and a count for each. */
const maxTotalBytes = maxListLength * 20;

/** Whether a series of a version without limits is larger than the receiver accepts by default. */
export function exceedsLimits(identity: SeriesIdentity, totalRow: Uint8Array): boolean {
  const { resource, scope, schemaUrl, metric, attributes } = identity;
  const { name, description, unit } = metric.descriptor;
  return (
    totalRow.length > maxTotalBytes ||
    [name, description, unit, scope.name, scope.version, schemaUrl].some(isTooLong) ||
    [resource.attributes, scope.attributes, attributes].some(areTooMany)
  );
}

function areTooMany({ entries }: Attributes): boolean {
  return (
    entries.length > maxAttributes || entries.some(({ key, value }) => isTooLong(key) || isTooLong(valueText(value)))
  );
}

function isTooLong(text: string): boolean {
  return text.length > maxTextBytes;
}

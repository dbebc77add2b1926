import type { z } from 'zod';
import { isRawMap, withoutText } from './raw-value.ts';
import { metadataOf } from './schema.ts';

/**
 * Returns the configured settings that pitot accepts without effect, as paths joined with `::`. A group without effect
 * is one setting.
 */
export function settingsWithoutEffect(schema: z.ZodType, raw: unknown, path: readonly string[]): string[] {
  const value = withoutText(raw);
  const { shape = {}, item, withoutEffect } = metadataOf(schema);
  if (value === undefined) return [];
  if (withoutEffect !== undefined) return [path.join('::')];
  if (isRawMap(value)) {
    return Object.entries(shape).flatMap(([key, child]) => settingsWithoutEffect(child, value[key], [...path, key]));
  }
  if (item && Array.isArray(value)) {
    return value.flatMap((element, index) => settingsWithoutEffect(item, element, [...path, String(index)]));
  }
  return [];
}

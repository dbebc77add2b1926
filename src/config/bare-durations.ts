import type { z } from 'zod';
import type { Notice } from './providers.ts';
import { isRawMap, withoutText } from './raw-value.ts';
import { metadataOf } from './schema.ts';

/** Shorter durations are treated as mistakes, nanoseconds. */
const shortest = 1e9;

/**
 * Returns a notice for each duration that is a small number without a unit. Same as in the Collector, such a number is
 * in nanoseconds, but a user who writes `300` means seconds.
 */
export function bareDurations(schema: z.ZodType, raw: unknown, path: readonly string[]): Notice[] {
  const value = withoutText(raw);
  const { kind, shape = {}, item } = metadataOf(schema);
  if (kind === 'duration') {
    const isBare = typeof value === 'number' && value > 0 && value < shortest;
    return isBare ? [noticeOf(value, path)] : [];
  }
  if (kind === 'group' && isRawMap(value)) {
    return Object.entries(shape).flatMap(([key, child]) => bareDurations(child, value[key], [...path, key]));
  }
  if (item && Array.isArray(value)) {
    return value.flatMap((element, index) => bareDurations(item, element, [...path, String(index)]));
  }
  return [];
}

function noticeOf(nanoseconds: number, path: readonly string[]): Notice {
  const fields = {
    key: path.join('::'),
    value: `${nanoseconds}ns`,
    use: `${nanoseconds}s, ${nanoseconds}ms or ${nanoseconds}ns`,
  };
  return { level: 'warn', message: 'Duration without a unit is in nanoseconds; write a unit', fields };
}

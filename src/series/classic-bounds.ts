import { GoFloat } from '#config/raw-value.ts';

/** Upper bounds of classic buckets by the unit of a metric. */
export type ClassicBounds = (unit: string) => readonly number[];

/** From a heartbeat to a task of six hours, ms. */
const milliseconds = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
  21_600_000,
];
const seconds = milliseconds.map((bound) => bound / 1_000);
/** From a kibibyte to a gibibyte. */
const bytes = Array.from({ length: 11 }, (_, i) => 1_024 * 4 ** i).filter((bound) => bound <= 1_024 ** 3);
const numbers = [0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000];

const defaults: Readonly<Record<string, readonly number[]>> = {
  ms: milliseconds,
  s: seconds,
  By: bytes,
  '': numbers,
};
/** Other spellings of these units. */
const synonyms: Readonly<Record<string, string>> = {
  milliseconds: 'ms',
  millisecond: 'ms',
  msec: 'ms',
  seconds: 's',
  second: 's',
  sec: 's',
  bytes: 'By',
  byte: 'By',
  B: 'By',
  '1': '',
};

const noBounds: readonly number[] = [];

/**
 * Reads `classic_buckets`: one list for all metrics, or a map from unit to list. Keys of the map take precedence over
 * the defaults of accumulation.
 */
export function classicBoundsOf(
  setting: unknown,
  { isAccumulating }: { readonly isAccumulating: boolean },
): ClassicBounds {
  if (Array.isArray(setting)) {
    const bounds = numbersOf(setting) ?? noBounds;
    return () => bounds;
  }
  const byUnit = new Map<string, readonly number[]>(isAccumulating ? Object.entries(defaults) : []);
  for (const [unit, bounds] of Object.entries((setting ?? {}) as object))
    byUnit.set(plain(unit), numbersOf(bounds) ?? noBounds);
  return (unit) => byUnit.get(plain(unit)) ?? noBounds;
}

/** Removes annotations in braces, which are not part of the unit. */
function plain(unit: string): string {
  const text = unit.replace(/\{[^}]*\}/g, '');
  return Object.hasOwn(synonyms, text) ? (synonyms[text] as string) : text;
}

/** Returns the problem of `classic_buckets`, or undefined. */
export function classicBucketsProblem(setting: unknown): string | undefined {
  if (setting === undefined || setting === null) return undefined;
  const lists = Array.isArray(setting) ? [setting] : typeof setting === 'object' ? Object.values(setting) : [undefined];
  return lists.every((one) => isAscending(numbersOf(one)))
    ? undefined
    : '`classic_buckets` must be finite numbers in ascending order, or a map from units to such lists';
}

function isAscending(bounds: readonly number[] | undefined): boolean {
  return bounds?.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] as number))) ?? false;
}

function numbersOf(list: unknown): number[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const values = list.map((value) =>
    value instanceof GoFloat ? value.value : typeof value === 'bigint' ? Number(value) : value,
  );
  return values.every((value) => typeof value === 'number') ? values : undefined;
}

/*
 * Suffixes of a metric name for an OTLP unit, for example `bytes` and `per_second` for `By/s`
 * (docs/reference/collector-behaviour.md#unit-suffixes).
 */

const mainUnits = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

const perUnits = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** Suffixes without separators; empty if there is none. `per` begins with `per_`. */
export interface UnitSuffixes {
  readonly main: string;
  readonly per: string;
}

/** Returns the suffixes of a unit, with all of its characters. */
export function unitSuffixes(unit: string): UnitSuffixes {
  const slash = unit.indexOf('/');
  const main = slash < 0 ? unit : unit.slice(0, slash);
  const per = slash < 0 ? '' : unit.slice(slash + 1);
  const perSuffix = translate(per, perUnits);
  return { main: translate(main, mainUnits), per: perSuffix === '' ? '' : `per_${perSuffix}` };
}

const isSpace = /\p{White_Space}/u;

/** Same as {@link unitSuffixes}, reduced to letters, digits, colons, and single underscores that are not leading. */
export function classicUnitSuffixes(unit: string): UnitSuffixes {
  const { main, per } = unitSuffixes(unit);
  return { main: toClassic(main), per: toClassic(per) };
}

/** Translates a part of a unit. Text in braces is an annotation and ignored. Unknown units do not change. */
function translate(part: string, table: ReadonlyMap<string, string>): string {
  const unit = trimSpace(part);
  if (/[{}]/.test(unit)) return '';
  return table.get(unit) ?? unit;
}

/**
 * Trims a text like Go. `trim()` would keep U+0085 and remove U+FEFF. The end is not found with a regular expression,
 * which would start again at each space of a long unit.
 */
function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace.test(text[end - 1]!)) end--;
  return text.slice(0, end).replace(/^\p{White_Space}+/u, '');
}

function toClassic(suffix: string): string {
  return suffix.replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_/, '');
}

/** Returns the unit of a metric in its metadata, for example `bytes_per_second` for `By/s`. */
export function metricUnit(unit: string, keepsUtf8: boolean): string {
  const { main, per } = keepsUtf8 ? unitSuffixes(unit) : classicUnitSuffixes(unit);
  const joined = [main, per].filter((part) => part !== '').join('_');
  return joined.replace(/^_/, '').replace(/_$/, '');
}

import { OttlError } from '../ottl-error.ts';
import { fixedZone, type TimeZone, timeZone, utc, utcOf } from '../time-zones.ts';
import type { TimeValue } from '../value.ts';
import { checkTimeFormat, expandTimeFormat } from './time-format.ts';
import { englishNames, type TimeNames } from './time-names.ts';

/** Returns the pattern of each directive, with the name of the value that it reads. */
function patternsOf({ months, weekdays, dayPeriods }: TimeNames): Readonly<Record<string, readonly [string, string?]>> {
  const month = [anyOf(months.flat()), 'month'] as const;
  const weekday = [anyOf(weekdays.flat())] as const;
  const monthNumber = [' ?\\d\\d?', 'monthNumber'] as const;
  const day = [' ?\\d\\d?', 'day'] as const;
  const hour12 = ['\\d\\d?', 'hour12'] as const;
  const period = [anyOf(dayPeriods.flat()), 'period'] as const;
  return {
    Y: ['\\d{4}', 'year'],
    y: ['\\d\\d', 'shortYear'],
    m: monthNumber,
    o: monthNumber,
    q: monthNumber,
    b: month,
    h: month,
    B: month,
    d: day,
    e: day,
    g: day,
    a: weekday,
    A: weekday,
    H: ['\\d\\d?', 'hour'],
    I: hour12,
    l: hour12,
    p: period,
    P: period,
    M: ['\\d\\d?', 'minute'],
    S: ['\\d\\d?', 'second'],
    L: ['\\d{1,3}', 'fraction'],
    f: ['\\d{1,6}', 'fraction'],
    s: ['\\d{1,9}', 'fraction'],
    Z: ['[A-Z]{3,5}|[-+]\\d\\d', 'zoneName'],
    z: ['Z|[-+]\\d\\d(?::?\\d\\d)?', 'offset'],
    i: ['[-+]\\d\\d', 'offset'],
    j: ['[-+]\\d\\d:\\d\\d', 'offset'],
    k: ['[-+]\\d\\d:\\d\\d:\\d\\d', 'offset'],
    w: ['[-+]\\d{6}', 'offset'],
    n: ['\\n'],
    t: ['\\t'],
    '%': ['%'],
  };
}

function anyOf(names: readonly string[]): string {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  return longestFirst.map((name) => name.replace(/[.+?^$*{}()|[\]\\/-]/g, '\\$&')).join('|');
}

/**
 * Parses a time.
 * @throws OttlError if the text does not match the format
 */
export type TimeReader = (text: string) => TimeValue;

interface TimeReaderOptions {
  /** Zone of times without a zone; UTC if absent. */
  readonly zone?: TimeZone;
  readonly names?: TimeNames;
  /** Returns milliseconds since the epoch, for times without a year. */
  readonly now?: () => number;
}

/**
 * Returns a parser of times in a format with strptime's directives.
 * @throws OttlParseError for an unknown directive
 */
export function timeReader(format: string, options: TimeReaderOptions = {}): TimeReader {
  const { zone = utc, names = englishNames(), now = Date.now } = options;
  checkTimeFormat(format);
  const patterns = patternsOf(names);
  const read: (string | undefined)[] = [];
  const source = expandTimeFormat(format).replace(/%(.)|[.+?^$*{}()|[\]\\/-]/gs, (found, letter?: string) => {
    if (letter === undefined) return `\\${found}`;
    const [pattern, name] = patterns[letter]!;
    read.push(name);
    return `(${pattern})`;
  });
  const pattern = new RegExp(`^${source}$`, 'i');
  return (text) => {
    const match = pattern.exec(text);
    // If a directive occurs twice, the last one applies.
    const groups: Record<string, string> = {};
    for (const [index, name] of read.entries()) if (match && name !== undefined) groups[name] = match[index + 1]!;
    const time = match && timeOf(groups, { zone, names, now });
    if (!time) throw new OttlError(`cannot parse ${JSON.stringify(text)} as "${format}"`);
    return time;
  };
}

type Groups = Readonly<Record<string, string | undefined>>;

function timeOf(groups: Groups, { zone, names, now }: Required<TimeReaderOptions>): TimeValue | undefined {
  const shownMs = clockMs(groups, names, now);
  if (shownMs === undefined) return undefined;
  const written = writtenZone(groups, zone, shownMs);
  return {
    kind: 'time',
    nanoseconds: BigInt(utcOf(shownMs, written)) * 1_000_000n + BigInt((groups.fraction ?? '').padEnd(9, '0')),
    zone: written,
  };
}

/** Returns the time that the clock shows, in milliseconds. Undefined if no clock shows that time. */
function clockMs(groups: Groups, names: TimeNames, now: () => number): number | undefined {
  const number = (name: string, absent: number) => (groups[name] === undefined ? absent : Number(groups[name]));
  const month = groups.month === undefined ? number('monthNumber', 1) - 1 : indexOf(names.months, groups.month);
  const isAfternoon = groups.period !== undefined && indexOf(names.dayPeriods, groups.period) === 1;
  const hour12 =
    groups.period === undefined ? number('hour12', 0) : (number('hour12', 0) % 12) + (isAfternoon ? 12 : 0);
  const hour = groups.hour === undefined ? hour12 : number('hour', 0);
  const [minute, second, day] = [number('minute', 0), number('second', 0), number('day', 1)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const dayMs = ((hour * 60 + minute) * 60 + second) * 1000;
  const inYear = (year: number) => {
    // Date.UTC interprets the years 0 to 99 as 1900 to 1999.
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    return date.getUTCMonth() === month && date.getUTCDate() === day ? date.getTime() + dayMs : undefined;
  };
  const year = yearOf(groups);
  if (year !== undefined) return inYear(year);
  // A time without a year is in this year, or in the last one if it would be more than a week in the future.
  const thisYear = new Date(now()).getUTCFullYear();
  const shown = inYear(thisYear);
  return shown !== undefined && shown > now() + week ? inYear(thisYear - 1) : shown;
}

const week = 7 * 24 * 3_600_000;

function yearOf({ year, shortYear }: Groups): number | undefined {
  // Go's rule for two digits: 69 to 99 mean 1969 to 1999.
  if (shortYear !== undefined) return Number(shortYear) + (Number(shortYear) < 69 ? 2000 : 1900);
  return year === undefined || Number(year) === 0 ? undefined : Number(year);
}

function indexOf(names: TimeNames['months'], found: string): number {
  return names.findIndex((each) => each.some((name) => name.toLowerCase() === found.toLowerCase()));
}

function writtenZone({ offset, zoneName }: Groups, zone: TimeZone, shownMs: number): TimeZone {
  const written = offset ?? (/^[-+]/.test(zoneName ?? '') ? zoneName : undefined);
  if (written !== undefined) {
    if (/^z$/i.test(written)) return utc;
    const [hours = '', minutes = '0', seconds = '0'] = written.slice(1).replaceAll(':', '').match(/\d\d/g) ?? [];
    const milliseconds = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return fixedZone(written.startsWith('-') ? -milliseconds : milliseconds);
  }
  if (zoneName === undefined || zone.abbreviationAt(utcOf(shownMs, zone)) === zoneName) return zone;
  const named = timeZone(zoneName);
  if (!named) throw new OttlError(`failed to load location ${zoneName}: unknown time zone ${zoneName}`);
  return named;
}

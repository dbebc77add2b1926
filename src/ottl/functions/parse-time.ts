import { OttlError, OttlParseError } from '../ottl-error.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*';
const day = '(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?';

/** A directive's pattern; the name of a group is its letter. */
const directives: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d\\d)',
  m: '(?<m>\\d\\d?)',
  b: `(?<b>${month})`,
  h: `(?<b>${month})`,
  B: `(?<b>${month})`,
  d: '(?<d>\\d\\d?)',
  e: ' ?(?<d>\\d\\d?)',
  a: day,
  A: day,
  H: '(?<H>\\d\\d?)',
  I: '(?<I>\\d\\d?)',
  l: '(?<I>\\d\\d?)',
  p: '(?<p>[ap]m)',
  P: '(?<p>[ap]m)',
  M: '(?<M>\\d\\d)',
  S: '(?<S>\\d\\d)',
  L: '(?<f>\\d{1,3})',
  f: '(?<f>\\d{1,6})',
  s: '(?<f>\\d{1,9})',
  z: '(?<z>Z|[-+]\\d\\d:?\\d\\d)',
  n: '\\n',
  t: '\\t',
  '%': '%',
};
const combined: Readonly<Record<string, string>> = { D: '%m/%d/%Y', F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M' };

/** Reads a time into nanoseconds since the epoch. Throws OttlError when the text is no such time. */
export type TimeReader = (text: string) => bigint;

/**
 * Makes a reader of times in a format of strptime's directives. `zone` (an IANA name, UTC when absent) is that of times that name
 * none. Throws OttlParseError for an unknown directive or zone.
 */
export function timeReader(format: string, zone = 'UTC'): TimeReader {
  const expanded = format.replace(/%([DFTR])/g, (_, letter: string) => combined[letter]!);
  const source = expanded.replace(/%(.?)|[.+?^$*{}()|[\]\\/]/gs, (found, letter?: string) => {
    if (letter === undefined) return `\\${found}`;
    if (Object.hasOwn(directives, letter)) return directives[letter]!;
    throw new OttlParseError(`invalid time format: unsupported ctimefmt directive: %${letter}`);
  });
  const pattern = compiled(source, format);
  const offsetOf = zoneOffset(zone);
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    const nanoseconds = groups && nanosecondsOf(groups, offsetOf);
    if (nanoseconds === undefined) throw new OttlError(`cannot parse ${JSON.stringify(text)} as "${format}"`);
    return nanoseconds;
  };
}

function compiled(source: string, format: string): RegExp {
  try {
    return new RegExp(`^${source}$`, 'i');
  } catch {
    throw new OttlParseError(`invalid time format: ${JSON.stringify(format)} has a directive twice`);
  }
}

function nanosecondsOf(
  groups: Readonly<Record<string, string | undefined>>,
  offsetOf: (localMs: number) => number,
): bigint | undefined {
  const number = (name: string, absent: number) => (groups[name] === undefined ? absent : Number(groups[name]));
  const shortYear = number('y', 0);
  // Go's rule for two digits: 69 to 99 are of the last century.
  const year = groups.y === undefined ? number('Y', 0) : shortYear + (shortYear < 69 ? 2000 : 1900);
  const monthIndex = groups.b === undefined ? number('m', 1) - 1 : months.indexOf(groups.b.slice(0, 3).toLowerCase());
  const twelve = groups.p === undefined ? number('I', 0) : (number('I', 0) % 12) + (/^p/i.test(groups.p) ? 12 : 0);
  const [hour, minute, second] = [groups.H === undefined ? twelve : number('H', 0), number('M', 0), number('S', 0)];
  const dayOfMonth = number('d', 1);
  // Not Date.UTC: it takes the years 0 to 99 for those of the last century.
  const date = new Date(0);
  date.setUTCFullYear(year, monthIndex, dayOfMonth);
  const isDate = date.getUTCMonth() === monthIndex && date.getUTCDate() === dayOfMonth;
  if (!isDate || hour > 23 || minute > 59 || second > 59) return undefined;
  const localMs = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  const offset = groups.z === undefined ? offsetOf(localMs) : writtenOffset(groups.z);
  return BigInt(localMs - offset) * 1_000_000n + BigInt((groups.f ?? '').padEnd(9, '0'));
}

/** Milliseconds that `+02:00` is ahead of UTC. */
function writtenOffset(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** How far a zone is ahead of UTC, in milliseconds, at a time by its own clock. */
function zoneOffset(zone: string): (localMs: number) => number {
  if (zone === 'UTC') return () => 0;
  const at = clockOf(zone);
  const ahead = (utcMs: number) => at(utcMs) - utcMs;
  return (localMs) => ahead(localMs - ahead(localMs));
}

/** What a zone's clock shows, as if it were UTC's. */
function clockOf(timeZone: string): (utcMs: number) => number {
  const options = { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  try {
    const format = new Intl.DateTimeFormat('en', { ...options, hour: 'numeric', minute: 'numeric', second: 'numeric' });
    return (utcMs) => {
      const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]));
      const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
      return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    };
  } catch {
    throw new OttlParseError(`unknown time zone ${timeZone}`);
  }
}

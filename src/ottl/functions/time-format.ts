import { OttlError, OttlParseError } from '../ottl-error.ts';
import { utc } from '../time-zones.ts';
import type { TimeValue } from '../value.ts';

/** Directives that abbreviate several others. */
const combined: Readonly<Record<string, string>> = {
  D: '%m/%d/%Y',
  x: '%m/%d/%Y',
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  r: '%I:%M:%S %P',
  c: '%a %b %d %H:%M:%S %Y',
};

/** Replaces directives that abbreviate several others. */
export function expandTimeFormat(format: string): string {
  return format.replace(/%(.)/gs, (found, letter: string) =>
    Object.hasOwn(combined, letter) ? combined[letter]! : found,
  );
}

const directives = new Set('YymoqbhBdegaAHlIpPMSLfsZzwijkDxFTXrRnt%c');

/** @throws OttlParseError for a format that the Collector also refuses */
export function checkTimeFormat(format: string): void {
  if (format === '') throw new OttlParseError('format cannot be nil');
  if (/\d/.test(format)) throw new OttlParseError('format string should not contain decimals');
  const fraction = /[^.,]%[Lfs]/.exec(format);
  if (fraction) {
    throw new OttlParseError(
      `invalid fractional seconds directive: '${fraction[0]}'. must be preceded with '.' or ','`,
    );
  }
  const unknown = [...format.matchAll(/%(.)/gs)].filter(([, letter]) => !directives.has(letter!));
  if (unknown.length > 0) {
    const names = unknown.map(([directive]) => directive).join(', ');
    throw new OttlParseError(`invalid strptime format: unsupported ctimefmt directive: ${names}`);
  }
}

const monthNames = 'January February March April May June July August September October November December'.split(' ');
const weekdayNames = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

interface Clock {
  /** The time in the zone, as if it were UTC. */
  readonly shown: Date;
  /** Offset of the zone from UTC, ms. */
  readonly offset: number;
  readonly abbreviation: string;
}

const two = (value: number) => String(value).padStart(2, '0');
const padded = (value: number) => String(value).padStart(2, ' ');
const hour12 = (hour: number) => hour % 12 || 12;

function offsetText(offset: number, separator: string, parts: number): string {
  const seconds = Math.abs(offset) / 1000;
  const numbers = [seconds / 3600, (seconds / 60) % 60, seconds % 60].slice(0, parts);
  return (offset < 0 ? '-' : '+') + numbers.map((number) => two(Math.trunc(number))).join(separator);
}

const writers: Readonly<Record<string, (clock: Clock) => string>> = {
  Y: ({ shown }) => String(shown.getUTCFullYear()).padStart(4, '0'),
  y: ({ shown }) => two(shown.getUTCFullYear() % 100),
  m: ({ shown }) => two(shown.getUTCMonth() + 1),
  o: ({ shown }) => padded(shown.getUTCMonth() + 1),
  q: ({ shown }) => String(shown.getUTCMonth() + 1),
  b: ({ shown }) => monthNames[shown.getUTCMonth()]!.slice(0, 3),
  h: ({ shown }) => monthNames[shown.getUTCMonth()]!.slice(0, 3),
  B: ({ shown }) => monthNames[shown.getUTCMonth()]!,
  d: ({ shown }) => two(shown.getUTCDate()),
  e: ({ shown }) => padded(shown.getUTCDate()),
  g: ({ shown }) => String(shown.getUTCDate()),
  a: ({ shown }) => weekdayNames[shown.getUTCDay()]!.slice(0, 3),
  A: ({ shown }) => weekdayNames[shown.getUTCDay()]!,
  H: ({ shown }) => two(shown.getUTCHours()),
  l: ({ shown }) => String(hour12(shown.getUTCHours())),
  I: ({ shown }) => two(hour12(shown.getUTCHours())),
  p: ({ shown }) => (shown.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: ({ shown }) => (shown.getUTCHours() < 12 ? 'am' : 'pm'),
  M: ({ shown }) => two(shown.getUTCMinutes()),
  S: ({ shown }) => two(shown.getUTCSeconds()),
  Z: ({ abbreviation }) => abbreviation,
  z: ({ offset }) => (offset === 0 ? 'Z' : offsetText(offset, '', 2)),
  w: ({ offset }) => offsetText(offset, '', 3),
  i: ({ offset }) => offsetText(offset, '', 1),
  j: ({ offset }) => offsetText(offset, ':', 2),
  k: ({ offset }) => offsetText(offset, ':', 3),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};
const fractionDigits: Readonly<Record<string, number>> = { L: 3, f: 6, s: 9 };

/**
 * Returns a formatter of times in a format with strptime's directives.
 * @throws OttlParseError for an unknown directive
 */
export function timeWriter(format: string): (time: TimeValue) => string {
  checkTimeFormat(format);
  const expanded = expandTimeFormat(format);
  return ({ nanoseconds, zone = utc }) => {
    const fraction = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    const utcMs = Number((nanoseconds - fraction) / 1_000_000n);
    const offset = zone.offsetAt(utcMs);
    const clock = { shown: new Date(utcMs + offset), offset, abbreviation: zone.abbreviationAt(utcMs) };
    if (Number.isNaN(clock.shown.getTime())) throw new OttlError('the time is out of range');
    const digits = String(fraction).padStart(9, '0');
    return expanded.replace(/([.,]?)%(.)/gs, (_, point: string, letter: string) => {
      const length = fractionDigits[letter];
      if (length === undefined) return point + writers[letter]!(clock);
      // Without a preceding point, Go writes its own notation of the fraction.
      if (point === '') return '9'.repeat(length);
      const shown = digits.slice(0, length).replace(/0+$/, '');
      return shown === '' ? '' : point + shown;
    });
  };
}

/** A time zone with its offsets and abbreviations. */
export interface TimeZone {
  /** Go's name: an IANA name, `UTC`, `Local`, or empty for a constant offset. */
  readonly name: string;
  /** Returns the offset from UTC in milliseconds, positive if ahead. */
  offsetAt(utcMs: number): number;
  /** Returns the abbreviation, such as `CET`, or `+05` if there is none. */
  abbreviationAt(utcMs: number): string;
}

export const utc: TimeZone = { name: 'UTC', offsetAt: () => 0, abbreviationAt: () => 'UTC' };

/** Returns a zone with a constant offset from UTC. */
export function fixedZone(offset: number): TimeZone {
  const minutes = Math.abs(offset) / 60_000;
  const digits = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  const name = `${offset < 0 ? '-' : '+'}${digits(minutes / 60)}${digits(minutes % 60)}`;
  return { name: '', offsetAt: () => offset, abbreviationAt: () => name };
}

/** Each English locale has abbreviations for its own part of the world. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-IN', 'en-NZ', 'en-ZA'];

/** Returns the zone of an IANA name such as `Europe/Berlin`; undefined for an unknown name. */
export function timeZone(name: string): TimeZone | undefined {
  if (name === 'UTC') return utc;
  const options = { timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  try {
    const clock = new Intl.DateTimeFormat('en', { ...options, hour: 'numeric', minute: 'numeric', second: 'numeric' });
    const abbreviations = locales.map(
      (locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }),
    );
    return {
      name,
      offsetAt: (utcMs) => {
        const parts = new Map(clock.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]));
        const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
        const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
        return shown - (utcMs - (((utcMs % 1000) + 1000) % 1000));
      },
      abbreviationAt: (utcMs) => {
        const names = abbreviations.map(
          (format) => format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value ?? '',
        );
        const usual = names.find((found) => !/[-+]\d/.test(found));
        if (usual !== undefined) return usual;
        const [sign = '+', hours = '0', minutes = ''] = /([-+])(\d+)(?::(\d+))?/.exec(names[0]!)?.slice(1) ?? [];
        return sign + hours.padStart(2, '0') + minutes;
      },
    };
  } catch {
    return undefined;
  }
}

/** Returns the zone of this process: `TZ`, or that of the machine. */
export function localZone(): TimeZone {
  local ??= { ...(timeZone(new Intl.DateTimeFormat().resolvedOptions().timeZone) ?? utc), name: 'Local' };
  return local;
}

let local: TimeZone | undefined;

/** Returns the UTC time at which a clock in the zone shows `shownMs`. */
export function utcOf(shownMs: number, { offsetAt }: TimeZone): number {
  return shownMs - offsetAt(shownMs - offsetAt(shownMs));
}

import { DurationError, parseDuration } from '#go/duration.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { duration, int, literalText, optional, text, time } from '../parameters.ts';
import { localZone, timeZone, utc } from '../time-zones.ts';
import type { TimeValue } from '../value.ts';
import { type Converters, convert, converter } from './define.ts';
import { timeReader } from './parse-time.ts';
import { timeWriter } from './time-format.ts';
import { timeNames } from './time-names.ts';

/** Defines a converter of a time to one of the numbers that a clock shows. */
const part = (read: (shown: Date) => number) =>
  convert('time', time, (value) => {
    const utcMs = Number(floorDivided(value.nanoseconds, 1_000_000n));
    return BigInt(read(new Date(utcMs + (value.zone ?? utc).offsetAt(utcMs))));
  });

/** Defines a converter of a time to a number of units since the epoch. */
const since = (unit: bigint) => convert('time', time, ({ nanoseconds }) => floorDivided(nanoseconds, unit));

/** Defines a converter of a duration to a whole number of units. */
const whole = (unit: bigint) => convert('duration', duration, (nanoseconds) => nanoseconds / unit);

/** Defines a converter of a duration to a number of units with a fraction, rounded like Go. */
const fractional = (unit: bigint) =>
  convert(
    'duration',
    duration,
    (nanoseconds) => Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit),
  );

function floorDivided(value: bigint, by: bigint): bigint {
  const remainder = ((value % by) + by) % by;
  return (value - remainder) / by;
}

/** Go's zero time, year 1. Multiples of a duration count from there. */
const zeroTime = -62_135_596_800_000_000_000n;

const parsedDuration = convert('duration', text, (written): TimeValue => {
  try {
    return { kind: 'duration', nanoseconds: BigInt(Math.round(parseDuration(written) * 1e6)) };
  } catch (error) {
    if (error instanceof DurationError) throw new OttlError(`${error.message} ${JSON.stringify(written)}`);
    throw error;
  }
});

const parsedTime = converter(
  { time: text, format: literalText, location: optional(literalText), locale: optional(literalText) },
  ({ time: get, format, location = '', locale }) => {
    const named = location === '' ? undefined : timeZone(location);
    if (location !== '' && !named) {
      throw new OttlParseError(`failed to load location ${location}: unknown time zone ${location}`);
    }
    const isUtc = format.endsWith('Z') && !format.endsWith('%Z');
    const zone = named ?? (isUtc ? utc : localZone());
    const read = timeReader(format, { zone, ...(locale === undefined ? {} : { names: timeNames(locale) }) });
    return (context) => {
      const written = get(context);
      if (written === '') throw new OttlError('time cannot be nil');
      return read(written);
    };
  },
);

/** Times and durations. */
export const timeConverters: Converters = {
  Now: converter({}, () => () => ({ kind: 'time', nanoseconds: BigInt(Date.now()) * 1_000_000n, zone: localZone() })),
  Time: parsedTime,
  FormatTime: converter({ time, format: literalText }, ({ time: get, format }) => {
    const write = timeWriter(format);
    return (context) => write(get(context));
  }),
  TruncateTime: converter({ time, duration }, ({ time: get, duration: unit }) => (context) => {
    const [value, by] = [get(context), unit(context)];
    if (by <= 0n) return value;
    return { ...value, nanoseconds: floorDivided(value.nanoseconds - zeroTime, by) * by + zeroTime };
  }),
  Unix: converter({ seconds: int, nanoseconds: optional(int) }, ({ seconds, nanoseconds }) => (context) => ({
    kind: 'time',
    nanoseconds: seconds(context) * 1_000_000_000n + (nanoseconds?.(context) ?? 0n),
    zone: localZone(),
  })),
  UnixNano: convert('time', time, ({ nanoseconds }) => BigInt.asIntN(64, nanoseconds)),
  UnixMicro: since(1000n),
  UnixMilli: since(1_000_000n),
  UnixSeconds: since(1_000_000_000n),
  Year: part((shown) => shown.getUTCFullYear()),
  Month: part((shown) => shown.getUTCMonth() + 1),
  Day: part((shown) => shown.getUTCDate()),
  Weekday: part((shown) => shown.getUTCDay()),
  Hour: part((shown) => shown.getUTCHours()),
  Minute: part((shown) => shown.getUTCMinutes()),
  Second: part((shown) => shown.getUTCSeconds()),
  Nanosecond: convert(
    'time',
    time,
    ({ nanoseconds }) => ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n,
  ),
  Duration: parsedDuration,
  Hours: fractional(3_600_000_000_000n),
  Minutes: fractional(60_000_000_000n),
  Seconds: fractional(1_000_000_000n),
  Milliseconds: whole(1_000_000n),
  Microseconds: whole(1000n),
  Nanoseconds: whole(1n),
};

import { expect, test } from 'vitest';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { timeZone } from '../time-zones.ts';
import { timeReader } from './parse-time.ts';
import { timeNames } from './time-names.ts';

const f = (format: string, text: string, iso: string, zone?: string) =>
  expect(
    timeReader(format, zone === undefined ? {} : { zone: timeZone(zone)! })(text).nanoseconds,
    `${format} ${text}`,
  ).toBe(BigInt(Date.parse(iso)) * 1_000_000n);

test('dates and times', () => {
  f('%Y-%m-%d', '2024-02-29', '2024-02-29T00:00:00Z');
  f('%d/%m/%y %H:%M', '2/1/24 3:04', '2024-01-02T03:04:00Z');
  f('%b %e, %Y %I:%M:%S %p', 'Jan  2, 2024 12:04:05 PM', '2024-01-02T12:04:05Z');
  f('%A %B %d %Y', 'tuesday january 02 2024', '2024-01-02T00:00:00Z');
  f('%D %T', '01/02/2024 03:04:05', '2024-01-02T03:04:05Z');
  f('%F%t%R', '2024-01-02\t03:04', '2024-01-02T03:04:00Z');
  f('(%Y) [a-z]+%%', '(2024) [a-z]+%', '2024-01-01T00:00:00Z');
  f('%Y', '0001', '0001-01-01T00:00:00Z');
});

test('years of two digits below 69 are of this century', () => {
  f('%y', '68', '2068-01-01T00:00:00Z');
  f('%y', '69', '1969-01-01T00:00:00Z');
});

test('fractions of a second, to the nanosecond', () => {
  const g = (format: string, text: string, nanoseconds: bigint) =>
    expect(timeReader(format)(text).nanoseconds).toBe(nanoseconds);
  g('%Y %S.%L', '1970 01.5', 1_500_000_000n);
  g('%Y %S.%f', '1970 00.000001', 1000n);
  g('%Y %S.%s', '1970 00.123456789', 123_456_789n);
});

test('uses the zone in the text, or the default zone', () => {
  f('%F %R %z', '2024-01-02 03:04 -0530', '2024-01-02T08:34:00Z');
  f('%F %R%z', '2024-01-02 03:04+02:00', '2024-01-02T01:04:00Z');
  f('%F %R%z', '2024-01-02 03:04Z', '2024-01-02T03:04:00Z', 'Asia/Tokyo');
  f('%F %R', '2024-07-02 00:00', '2024-07-02T04:00:00Z', 'America/New_York');
  f('%F %R', '2024-01-02 00:00', '2024-01-02T05:00:00Z', 'America/New_York');
});

test('a text that is no such time is an error', () => {
  for (const text of [
    '',
    'x',
    '2024-1',
    '2024-01-02x',
    'x2024-01-02',
    '2024-02-30',
    '2024-13-01',
    '2024-00-01',
    '24-01-02',
  ]) {
    expect(() => timeReader('%Y-%m-%d')(text), text).toThrow(
      new OttlError(`cannot parse ${JSON.stringify(text)} as "%Y-%m-%d"`),
    );
  }
  for (const text of ['24:00', '12:60', '123:1']) expect(() => timeReader('%H:%M')(text), text).toThrow(OttlError);
});

test('invalid formats are refused, and unknown zones do not exist', () => {
  expect(() => timeReader('%Q')).toThrow(
    new OttlParseError('invalid strptime format: unsupported ctimefmt directive: %Q'),
  );
  expect(() => timeReader('2024 %m')).toThrow('format string should not contain decimals');
  expect(() => timeReader('%S%f')).toThrow(
    "invalid fractional seconds directive: 'S%f'. must be preceded with '.' or ','",
  );
  expect(() => timeReader('')).toThrow('format cannot be nil');
  expect(timeZone('Nowhere/Land')).toBeUndefined();
});

test('of a directive that is there twice, the last one counts', () => {
  f('%Y %Y', '2023 2024', '2024-01-01T00:00:00Z');
});

test('zones by abbreviation: of the default zone, or known by that name', () => {
  f('%F %R %Z', '2024-07-02 00:00 CEST', '2024-07-01T22:00:00Z', 'Europe/Berlin');
  f('%F %R %Z', '2024-07-02 00:00 UTC', '2024-07-02T00:00:00Z', 'Europe/Berlin');
  f('%F %R %Z', '2024-07-02 00:00 EST', '2024-07-02T05:00:00Z');
  expect(() => timeReader('%F %Z')('2024-07-02 XYZ')).toThrow('failed to load location XYZ: unknown time zone XYZ');
});

test('a time without a year is of this year, or of the last if it were more than a week ahead', () => {
  const now = () => Date.parse('2024-01-03T00:00:00Z');
  const yearOf = (text: string) => {
    const { nanoseconds } = timeReader('%b %d', { now })(text);
    return new Date(Number(nanoseconds / 1_000_000n)).getUTCFullYear();
  };
  expect(yearOf('Jan 02')).toBe(2024);
  expect(yearOf('Jan 09')).toBe(2024);
  expect(yearOf('Jan 11')).toBe(2023);
  expect(yearOf('Dec 31')).toBe(2023);
});

test('names of another language', () => {
  const read = (locale: string, format: string, text: string) => {
    const { nanoseconds } = timeReader(format, { names: timeNames(locale) })(text);
    return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  };
  expect(read('es-ES', '%B %d %A, %Y', 'febrero 25 jueves, 1993')).toBe('1993-02-25T00:00:00.000Z');
  expect(read('it-IT', '%A %h %e %Y', 'mercoledì set 4 2024')).toBe('2024-09-04T00:00:00.000Z');
  expect(read('de', '%d. %B %Y', '3. März 2024')).toBe('2024-03-03T00:00:00.000Z');
  expect(() => timeNames('x')).toThrow("invalid locale 'x'");
});

test('parses a long text quickly', () => {
  expect(() => timeReader('%b %A %Y')(`may${'a'.repeat(200_000)}`)).toThrow(OttlError);
});

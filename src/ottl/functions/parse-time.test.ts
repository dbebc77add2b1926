import { expect, test } from 'vitest';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { timeReader } from './parse-time.ts';

const f = (format: string, text: string, iso: string, zone?: string) =>
  expect(timeReader(format, zone)(text), `${format} ${text}`).toBe(BigInt(Date.parse(iso)) * 1_000_000n);

test('dates and times', () => {
  f('%Y-%m-%d', '2024-02-29', '2024-02-29T00:00:00Z');
  f('%d/%m/%y %H:%M', '2/1/24 3:04', '2024-01-02T03:04:00Z');
  f('%b %e, %Y %I:%M:%S %p', 'Jan  2, 2024 12:04:05 PM', '2024-01-02T12:04:05Z');
  f('%A %B %d %Y', 'tuesday january 02 2024', '2024-01-02T00:00:00Z');
  f('%D %T', '01/02/2024 03:04:05', '2024-01-02T03:04:05Z');
  f('%F%t%R', '2024-01-02\t03:04', '2024-01-02T03:04:00Z');
  f('(%Y) 100%%', '(2024) 100%', '2024-01-01T00:00:00Z');
  f('%Y', '0001', '0001-01-01T00:00:00Z');
});

test('two digits of a year are of this century below 69', () => {
  f('%y', '68', '2068-01-01T00:00:00Z');
  f('%y', '69', '1969-01-01T00:00:00Z');
});

test('fractions of a second, to the nanosecond', () => {
  const g = (format: string, text: string, nanoseconds: bigint) => expect(timeReader(format)(text)).toBe(nanoseconds);
  g('%Y %S.%L', '1970 01.5', 1_500_000_000n);
  g('%Y %S.%f', '1970 00.000001', 1000n);
  g('%Y %S.%s', '1970 00.123456789', 123_456_789n);
});

test('zones: written in the text, or given for texts that have none', () => {
  f('%F %R %z', '2024-01-02 03:04 -0530', '2024-01-02T08:34:00Z');
  f('%F %R%z', '2024-01-02 03:04+02:00', '2024-01-02T01:04:00Z');
  f('%F %R%z', '2024-01-02 03:04Z', '2024-01-02T03:04:00Z', 'Asia/Tokyo');
  f('%F %R', '2024-07-02 00:00', '2024-07-02T04:00:00Z', 'America/New_York');
  f('%F %R', '2024-01-02 00:00', '2024-01-02T05:00:00Z', 'America/New_York');
});

test('what is no such time is an error', () => {
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
  for (const text of ['24:00', '12:60', '1:2']) expect(() => timeReader('%H:%M')(text), text).toThrow(OttlError);
});

test('formats and zones that nobody knows are refused', () => {
  expect(() => timeReader('%Q')).toThrow(new OttlParseError('invalid time format: unsupported ctimefmt directive: %Q'));
  expect(() => timeReader('%Y %')).toThrow(OttlParseError);
  expect(() => timeReader('%Y %Y')).toThrow('has a directive twice');
  expect(() => timeReader('%Y', 'Nowhere/Land')).toThrow(new OttlParseError('unknown time zone Nowhere/Land'));
});

test('a long text takes no long time', () => {
  expect(() => timeReader('%b %A %Y')(`may${'a'.repeat(200_000)}`)).toThrow(OttlError);
});

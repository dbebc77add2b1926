import { expect, test } from 'vitest';
import { classicUnitSuffixes, unitSuffixes } from './unit-namer.ts';

test('a unit is split at its first slash and each part translated', () => {
  const f = (unit: string, main: string, per: string) => expect(unitSuffixes(unit)).toEqual({ main, per });
  f('', '', '');
  f('s', 'seconds', '');
  f('By/s', 'bytes', 'per_second');
  f('m/s', 'meters', 'per_second');
  f('1', '', '');
  f('1/s', '', 'per_second');
  f('{req}/s', '', 'per_second');
  f('{req}', '', '');
  f('By/{req}', 'bytes', '');
  f('x/min', 'x', 'per_min');
  f('kBy', 'kBy', '');
  f('foo/bar/baz', 'foo', 'per_bar/baz');
  f('/s', '', 'per_second');
  f('s/', 'seconds', '');
  f(' ms ', 'milliseconds', '');
  f('a/ b ', 'a', 'per_b');
  f('\u0085s', 'seconds', '');
  f('\ufeffs', '\ufeffs', '');
});

test('takes time in proportion to the length of a unit of spaces', () => {
  const spaces = ' '.repeat(1_000_000);
  expect(unitSuffixes(`${spaces}s${spaces}x`).main).toBe(`s${spaces}x`);
});

test('classic suffixes keep letters, digits, colons and single underscores', () => {
  const f = (unit: string, main: string, per: string) => expect(classicUnitSuffixes(unit)).toEqual({ main, per });
  f('__x__', 'x_', '');
  f('x__/__y', 'x_', 'per_y');
  f('µs', 's', '');
  f('1%', '1_', '');
  f('bar/b:z', 'bar', 'per_b:z');
  f('s/%', 'seconds', 'per_');
});

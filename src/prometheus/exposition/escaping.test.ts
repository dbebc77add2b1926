import { expect, test } from 'vitest';
import { toByteString } from '#bytes/utf8.ts';
import { escapeName, isLegacyName } from './escaping.ts';

test('names that every Prometheus understands', () => {
  for (const name of ['a', '_', ':', 'a_b:c9', '_9']) expect(isLegacyName(name)).toBe(true);
  for (const name of ['', '9', 'a.b', 'é', 'a\n']) expect(isLegacyName(name)).toBe(false);
});

test('escapes names with each scheme', () => {
  const f = (name: string, underscores: string, dots: string, values: string) => {
    expect(escapeName(toByteString(name), 'underscores')).toBe(underscores);
    expect(escapeName(toByteString(name), 'dots')).toBe(dots);
    expect(escapeName(toByteString(name), 'values')).toBe(values);
    expect(escapeName(toByteString(name), 'allow-utf-8')).toBe(toByteString(name));
  };
  f('a_b:c', 'a_b:c', 'a_b:c', 'a_b:c');
  f('a.b_c', 'a_b_c', 'a_dot_b__c', 'U__a_2e_b__c');
  f(
    'test-space_c1_seconds_total',
    'test_space_c1_seconds_total',
    'test__space__c1__seconds__total',
    'U__test_2d_space__c1__seconds__total',
  );
  f('1x', '_x', '__x', 'U___31_x');
  f('温度', '__', '____', 'U___6e29__5ea6_');
  f('😀', '_', '__', 'U___1f600_');
  f('a\udcffb', 'a_b', 'a__b', 'U__a_fffd_b');
  f('', '', '', '');
});

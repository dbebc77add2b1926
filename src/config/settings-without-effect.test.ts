import { expect, test } from 'vitest';
import { boolean, config, integer, list, withoutEffect } from './schema.ts';
import { settingsWithoutEffect } from './settings-without-effect.ts';

const schema = config('x', {
  used: integer(0),
  unused: withoutEffect(integer(0), 'there is no need'),
  group: withoutEffect(config('y', { enabled: boolean(false) })),
  groups: list(config('z', { unused: withoutEffect(boolean(false)) })),
});
const found = (raw: unknown) => settingsWithoutEffect(schema, raw, ['exporters', 'x']);

test('returns configured settings without effect, also in lists of groups', () => {
  expect(found({ used: 1, unused: 0, group: { enabled: true }, groups: [{}, { unused: true }] })).toEqual([
    'exporters::x::unused',
    'exporters::x::group',
    'exporters::x::groups::1::unused',
  ]);
});

test('returns nothing for settings that are not configured', () => {
  expect(found({ used: 1, groups: [] })).toEqual([]);
  expect(found(undefined)).toEqual([]);
});

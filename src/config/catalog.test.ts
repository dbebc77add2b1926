import { expect, test } from 'vitest';
import { factoriesFor } from '#components.ts';
import { loadFactories } from './catalog.ts';
import { namesOf } from './type-names.ts';

const kinds = ['receivers', 'processors', 'exporters', 'extensions'] as const;
const all = await factoriesFor();

test.each(
  kinds.flatMap((kind) =>
    all[kind].flatMap((factory) => namesOf(factory).map((name) => [kind, name, factory] as const)),
  ),
)('%s: %s loads its factory, and no other one', async (kind, name, factory) => {
  const { otherNames, ...loaded } = await factoriesFor({ [kind]: { [`${name}/1`]: null } });
  expect(kinds.flatMap((each): readonly object[] => loaded[each])).toEqual([factory]);
  const others = all[kind].filter((each) => each !== factory).flatMap(namesOf);
  expect(otherNames![kind].toSorted()).toEqual(others.sort());
});

test('loads nothing for sections that cannot be decoded', async () => {
  const catalog = { receivers: [], processors: [], exporters: [], extensions: [] };
  const load = () => Promise.reject(new Error('loaded'));
  const raw = {
    exporters: 'prometheus',
    processors: { '/': null, '': null },
    receivers: null,
    extensions: ['console'],
  };
  const { otherNames } = await loadFactories({ ...catalog, exporters: [[['prometheus', 'prom'], load]] }, raw);
  expect(otherNames!.exporters).toEqual(['prometheus', 'prom']);
});

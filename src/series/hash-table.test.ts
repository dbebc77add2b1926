import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashTable } from './hash-table.ts';

interface Member {
  readonly key: number;
  readonly hash: number;
}

class Table extends HashTable<Member, number> {
  protected hashOf(member: Member): number {
    return member.hash;
  }

  protected matches(member: Member, key: number): boolean {
    return member.key === key;
  }
}

test('an empty table finds nothing', () => {
  expect(new Table().find(1, 1)).toBeUndefined();
});

test('distinguishes members with equal hashes by their keys', () => {
  const table = new Table();
  const members = Array.from({ length: 100 }, (_, key) => ({ key, hash: 7 }));
  for (const member of members) table.add(member);
  table.remove(members[0]!);
  expect(table.find(7, 0)).toBeUndefined();
  for (const member of members.slice(1)) expect(table.find(7, member.key)).toBe(member);
});

test('whatever is added and removed, the table has what a Map would have', () => {
  // Few hashes, negative ones too: long runs, and runs over the end of the table; few members and many.
  const step = fc.record({ key: fc.integer({ min: 0, max: 120 }), isAdded: fc.boolean() });
  const steps = fc.oneof(fc.array(step, { maxLength: 60 }), fc.array(step, { minLength: 200, maxLength: 600 }));
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 150 }), (all, spread) => {
      const table = new Table();
      const model = new Map<number, Member>();
      const hashOf = (key: number) => -(key % spread) * 3 - 1;
      for (const { key, isAdded } of all) {
        const known = model.get(key);
        if (isAdded && known === undefined) {
          const member = { key, hash: hashOf(key) };
          table.add(member);
          model.set(key, member);
        } else if (!isAdded && known !== undefined) {
          table.remove(known);
          model.delete(key);
        }
      }
      expect(table.size).toBe(model.size);
      expect(new Set(table)).toEqual(new Set(model.values()));
      for (let key = 0; key <= 120; key++) expect(table.find(hashOf(key), key)).toBe(model.get(key));
    }),
  );
});

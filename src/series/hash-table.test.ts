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

test('a large table that grows has its members all the time', () => {
  const table = new Table();
  const members = Array.from({ length: 60_000 }, (_, key) => ({ key, hash: Math.imul(key + 1, 0x9e3779b1) | 1 }));
  const isMember = (member: Member) => table.find(member.hash, member.key) === member;
  const removed: Member[] = [];
  for (const [i, member] of members.entries()) {
    table.add(member);
    // Members that were moved to the larger table, that were not yet, and new ones.
    if (i % 7 === 0) {
      const other = members[(i * 31) % (i + 1)]!;
      if (isMember(other)) {
        table.remove(other);
        removed.push(other);
      }
    }
    // The table grows to 131,072 slots at 43,691 members.
    if (i % 500 === 0)
      expect(isMember(members[Math.floor(i / 2)]!)).toBe(!removed.includes(members[Math.floor(i / 2)]!));
  }
  const gone = new Set(removed);
  expect(table.size).toBe(members.length - gone.size);
  expect(members.filter((member) => isMember(member) === gone.has(member))).toEqual([]);
  expect(new Set(table)).toEqual(new Set(members.filter((member) => !gone.has(member))));
});

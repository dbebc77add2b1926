import { describe, expect, test } from 'vitest';
import { HashRing, positionOf } from './hash-ring.ts';
import { RingHistory } from './ring-history.ts';

const pods = (count: number) => Array.from({ length: count }, (_, pod) => `pitot-${pod}:14317`);
const positions = Array.from({ length: 2_000 }, (_, key) => positionOf(Buffer.from(`series ${key}`)));

describe('a ring', () => {
  test('moves only the keys of an added or removed endpoint', () => {
    const [three, four] = [new HashRing(pods(3)), new HashRing(pods(4))];
    const moved = positions.filter((position) => three.ownerOf(position) !== four.ownerOf(position));
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.map((position) => four.ownerOf(position))).toEqual(moved.map(() => 'pitot-3:14317'));
  });

  test('does not depend on the order of endpoints, and shares keys evenly', () => {
    const ring = new HashRing(pods(4));
    const reversed = new HashRing(pods(4).reverse());
    const shares = new Map<string, number>();
    for (const position of positions) {
      const owner = ring.ownerOf(position)!;
      expect(reversed.ownerOf(position)).toBe(owner);
      shares.set(owner, (shares.get(owner) ?? 0) + 1);
    }
    for (const share of shares.values()) expect(share / positions.length).toBeGreaterThan(0.15);
  });

  test('without endpoints has no owners', () => {
    expect(new HashRing([]).ownerOf(5)).toBeUndefined();
  });
});

describe('a change from three pods to four at a known time', () => {
  const history = new RingHistory(pods(4), [{ endpoints: pods(3), untilUnixNano: 1_000n }]);
  const gained = positions.filter((position) => history.current.ownerOf(position) === 'pitot-3:14317');

  test('keeps streams that began before it with their owner', () => {
    const three = new HashRing(pods(3));
    for (const position of positions) {
      expect(history.ownerOf(position, 999n)).toBe(three.ownerOf(position));
      expect(history.ownerOf(position, 1_000n)).toBe(history.current.ownerOf(position));
    }
  });

  test('is the epoch of older streams on the new pod, and of no others', () => {
    for (const position of gained) {
      expect(history.gainedAt(position, 999n, 'pitot-3:14317')).toBe(1_000n);
      expect(history.gainedAt(position, 1_000n, 'pitot-3:14317')).toBeUndefined();
      expect(history.gainedAt(position, 999n, history.ownerOf(position, 999n)!)).toBeUndefined();
    }
  });
});

test('streams of a removed pod stay with it while the configuration lists its ring, and move when it does not', () => {
  const four = new HashRing(pods(4));
  const ring = { endpoints: pods(4), untilUnixNano: 1_000n };
  const [listed, moved] = [undefined, 2_000n].map(
    (movedUnixNano) => new RingHistory(pods(3), [{ ...ring, movedUnixNano }]),
  );
  expect([...listed!.endpoints].sort()).toEqual(pods(4));
  for (const position of positions) {
    const before = four.ownerOf(position)!;
    const next = listed!.current.ownerOf(position)!;
    expect(listed!.ownerOf(position, 999n)).toBe(before);
    expect(listed!.ownerOf(position, 1_000n)).toBe(next);
    expect(listed!.gainedAt(position, 999n, before)).toBeUndefined();
    expect(moved!.ownerOf(position, 999n)).toBe(next);
    expect(moved!.gainedAt(position, 999n, next)).toBe(before === 'pitot-3:14317' ? 2_000n : undefined);
    expect(moved!.gainedAt(position, 1_000n, next)).toBeUndefined();
  }
});

test('a series that left and came back was counted elsewhere, unless routers know the rings', () => {
  const rings = (isKnown: boolean) => [
    { endpoints: pods(3), untilUnixNano: 1_000n, movedUnixNano: isKnown ? undefined : 1_000n },
    { endpoints: pods(4), untilUnixNano: 2_000n, movedUnixNano: isKnown ? undefined : 2_000n },
  ];
  const four = new HashRing(pods(4));
  const [local, known] = [new RingHistory(pods(3), rings(false)), new RingHistory(pods(3), rings(true))];
  for (const position of positions) {
    const owner = known.current.ownerOf(position)!;
    expect(known.gainedAt(position, 5n, owner)).toBeUndefined();
    const hasMoved = four.ownerOf(position) === 'pitot-3:14317';
    expect(local.gainedAt(position, 5n, owner)).toBe(hasMoved ? 2_000n : undefined);
  }
});

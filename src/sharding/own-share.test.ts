import { expect, test } from 'vitest';
import { HashRing } from './hash-ring.ts';
import { OwnShare } from './own-share.ts';

const pods = (count: number) => Array.from({ length: count }, (_, pod) => `pitot-${pod}:14317`);
const self = 'pitot-0:14317';
const settings = {
  processAttributes: ['service.instance.id'],
  translationStrategy: 'UnderscoreEscapingWithSuffixes',
} as const;
/** Positions that the fourth of four pods owns, and the first of three. */
const moving = Array.from({ length: 20_000 }, (_, position) => position).filter(
  (position) =>
    new HashRing(pods(4)).ownerOf(position) === 'pitot-3:14317' && new HashRing(pods(3)).ownerOf(position) === self,
);

test('when listed rings are listed no longer, streams that other pods have counted move at that moment, and own ones stay', () => {
  const previous = [
    { endpoints: pods(3), untilUnixNano: 1_000n },
    { endpoints: pods(4), untilUnixNano: 2_000n },
  ];
  const listed = new OwnShare({ ...settings, self, endpoints: pods(3), previous });
  const forgetting = new OwnShare({ ...settings, self, endpoints: pods(3), previous: [] });
  expect(forgetting.continue(listed.stored, 9_000n)).toEqual({ hasChanged: false, hasForgotten: true });
  expect(moving.length).toBeGreaterThan(0);
  for (const share of [listed, forgetting]) {
    for (const position of moving) {
      expect(share.gainedAt(position, 500n)).toBeUndefined();
      expect(share.gainedAt(position, 1_500n)).toBe(share === listed ? 2_000n : 9_000n);
      expect(share.gainedAt(position, 2_000n)).toBeUndefined();
    }
  }
  const next = new OwnShare({ ...settings, self, endpoints: pods(3), previous: [] });
  expect(next.continue(forgetting.stored, 10_000n)).toEqual({ hasChanged: false, hasForgotten: false });
  expect(next.gainedAt(moving[0]!, 1_500n)).toBe(9_000n);
});

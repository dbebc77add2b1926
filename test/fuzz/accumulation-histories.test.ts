import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { scoreOf, worlds } from './histories/worlds.ts';

/*
 * 10,000 random histories with a known truth: lost, late, and repeated requests, wrong clocks, restarts, more streams than `max_streams`,
 * five tombstones instead of a million, forks. HISTORIES_SEED repeats a run; `npm run test:histories` runs a million.
 */

const firstSeed = Number(process.env.HISTORIES_SEED ?? randomInt(2 ** 30));
/** Three data types in each world. */
const count = Math.ceil(10_000 / (3 * worlds.length));

describe.each(worlds)('$name', (world) => {
  test.each(['counter', 'histogram', 'exponential'] as const)(
    `%s: at least as good as its goal, seeds from ${firstSeed}`,
    async (type) => {
      const score = await scoreOf(world, type, { firstSeed, count });
      expect(score.faults).toEqual([]);
      if (world.goal.above === 0) expect(score.above).toEqual([]);
      expect(score.shares.above).toBeLessThanOrEqual(2 * world.goal.above);
      const goal = type === 'counter' ? world.goal : world.histogramGoal;
      // A few hundred histories scatter around the goal.
      expect(score.shares.equal).toBeGreaterThanOrEqual(goal.equal === 1 ? 1 : goal.equal - 0.06);
      expect(score.shares.missing).toBeLessThanOrEqual(goal.missing === 0 ? 0 : 2 * goal.missing + 0.001);
    },
    600_000,
  );
});

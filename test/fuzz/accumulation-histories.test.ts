import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { scoreOf, worlds } from './histories/worlds.ts';

/*
 * Random histories with a known truth: lost, late, and repeated requests, wrong clocks, restarts, more streams than `max_streams`, five
 * tombstones instead of a million, forks. HISTORIES_SEED repeats a run; `npm run test:histories` runs a million.
 */

const firstSeed = Number(process.env.HISTORIES_SEED ?? randomInt(2 ** 30));
const types = ['counter', 'histogram', 'exponential'] as const;
/** Histories of all worlds and data types. A slow machine runs fewer, and as many as are needed to compare shares. */
const histories = 10_000;
const minHistories = 1_500;
const maxMs = 50_000;
const rounds = 20;

test(`totals are at least as accurate as the goals of docs/accumulation.md, seeds from ${firstSeed}`, async () => {
  const runs = worlds.flatMap((world) => types.map((type) => ({ world, type })));
  const perRound = Math.ceil(histories / runs.length / rounds);
  const scores = runs.map(() => [] as Awaited<ReturnType<typeof scoreOf>>[]);
  const beganMs = performance.now();
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    if (count >= minHistories && performance.now() - beganMs > maxMs) break;
    for (const [i, { world, type }] of runs.entries()) {
      scores[i]!.push(await scoreOf(world, type, { firstSeed: firstSeed + round * perRound, count: perRound }));
    }
    count += perRound * runs.length;
  }
  process.stdout.write(`histories: ${count}, seeds from ${firstSeed}\n`);
  for (const [i, { world, type }] of runs.entries()) check(`${world.name}, ${type}`, world.goal, scores[i]!);
}, 600_000);

function check(
  name: string,
  goal: (typeof worlds)[number]['goal'],
  scores: readonly Awaited<ReturnType<typeof scoreOf>>[],
): void {
  const series = scores.reduce((sum, score) => sum + score.series, 0);
  const mean = (share: 'above' | 'equal' | 'missing') =>
    scores.reduce((sum, score) => sum + score.shares[share] * score.series, 0) / series;
  expect(
    scores.flatMap((score) => score.faults),
    name,
  ).toEqual([]);
  if (goal.above === 0)
    expect(
      scores.flatMap((score) => score.above),
      name,
    ).toEqual([]);
  // The shares of some hundred series scatter; five standard deviations.
  const scatter = (share: number) => 5 * Math.sqrt((share * (1 - share)) / series);
  // A rare event can happen twice in a few hundred series.
  const rare = goal.above > 0 ? 2 / series : 0;
  expect(mean('above'), name).toBeLessThanOrEqual(goal.above + scatter(goal.above) + rare);
  expect(mean('equal'), name).toBeGreaterThanOrEqual(goal.equal - scatter(goal.equal));
  expect(mean('missing'), name).toBeLessThanOrEqual(goal.missing === 0 ? 0 : 3 * goal.missing + 0.005);
}

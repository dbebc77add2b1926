import { randomInt } from 'node:crypto';
import { scoreOf, worlds } from './histories/worlds.ts';

/*
 * Runs many histories and prints how far the totals are from the truth: run-histories.ts [HISTORIES] [SEED] [WORLD]. Exits with status 1 if a
 * world misses its goal.
 */

const [histories = '1000000', seed = String(randomInt(2 ** 30)), only = ''] = process.argv.slice(2);
const types = ['counter', 'histogram', 'exponential'] as const;
const runs = worlds
  .filter(({ name }) => name.includes(only))
  .flatMap((world) => types.map((type) => ({ world, type })));
const count = Math.ceil(Number(histories) / runs.length);
const percent = (share: number) => `${(100 * share).toFixed(2)}%`.padStart(8);

console.log(`${count} histories each, seeds from ${seed}`);
let missed = 0;
for (const { world, type } of runs) {
  const { shares, above, faults } = await scoreOf(world, type, { firstSeed: Number(seed), count });
  const columns = [`above ${percent(shares.above)}`, `equal ${percent(shares.equal)}`];
  columns.push(`too much ${percent(shares.tooMuch)}`, `missing ${percent(shares.missing)}`);
  console.log(`${world.name}, ${type}`.padEnd(50), ...columns);
  const suspects = [...faults, ...(world.goal.above > 0 ? [] : above)];
  for (const suspect of suspects.slice(0, 5)) console.log(`  ${suspect}`);
  if (suspects.length > 0 || shares.above > world.goal.above * 1.1) missed += 1;
  else if (shares.equal < world.goal.equal - 0.02 || shares.missing > world.goal.missing * 1.2) missed += 1;
}
process.exitCode = missed > 0 ? 1 : 0;

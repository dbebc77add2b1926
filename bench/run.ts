import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Row, rowsAt } from './load/rows.ts';
import type { Subject } from './load/server.ts';
import { type Figures, ResultsTable } from './results-table.ts';

/*
 * npm run bench [-- --quick] [--only TEXT] [--rounds N]
 * Measures the bundle that the image runs (dist/otelcol-contrib) and, where OTELCOL names its binary, the real collector:
 * in turns, medians of the rounds, and writes bench/RESULTS.md (not with --quick or --only).
 */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, rounds: { type: 'string' } },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const bundle = join(import.meta.dirname, '../dist/otelcol-contrib');
if (!existsSync(bundle)) throw new Error('dist/otelcol-contrib is missing: npm run bundle');
const otelcol = process.env.OTELCOL;
const subjects: readonly Subject[] = [
  { name: 'pitot', command: [bundle], isOurs: true },
  ...(otelcol ? [{ name: 'collector', command: [otelcol], isOurs: false }] : []),
];
if (!otelcol) console.log('OTELCOL does not name the real collector: pitot alone, without ratios.');

const table = new ResultsTable();
console.log(table.head);
for (const row of rowsAt(values.quick ? 1 / 8 : 1)) {
  if ((values.quick && row.isSlow) || !row.work.includes(values.only ?? '')) continue;
  console.log(table.add(row, await measured(row)));
}
if (!values.quick && !values.only) {
  const version = otelcol ? execFileSync(otelcol, ['--version'], { encoding: 'utf8' }).trim() : undefined;
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), table.page({ rounds, collector: version }));
}

/** The subjects take turns, so that what else the machine does in the meantime meets both. */
async function measured(row: Row): Promise<Figures> {
  const figures: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      if (!subject.isOurs && row.isOursAlone) continue;
      const figure = (await row.measure(subject)) ?? Number.NaN;
      (subject.isOurs ? figures.ours : figures.theirs).push(figure);
    }
  }
  return figures;
}

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Row, rowsAt } from './load/rows.ts';
import type { Subject } from './load/server.ts';
import { type Figures, ResultsTable } from './results-table.ts';

/*
 * npm run bench [-- --quick] [--only TEXT] [--rounds N] [--against BUNDLE]
 * Measures the bundle that the image runs (dist/otelcol-contrib) and, where OTELCOL names its binary, the real collector:
 * in turns, medians of the rounds, and writes bench/RESULTS.md (not with --quick or --only). With --against the other is another
 * bundle of ours instead, and nothing is written (bench/compare).
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    against: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const bundle = join(import.meta.dirname, '../dist/otelcol-contrib');
if (!existsSync(bundle)) throw new Error('dist/otelcol-contrib is missing: npm run bundle');
const ours: Subject = { name: 'pitot', command: [bundle], isOurs: true };
const other = otherSubject();
if (other === undefined) console.log('OTELCOL does not name the real collector: pitot alone, without ratios.');

const table = new ResultsTable({ other: other?.name ?? 'collector', hasTargets: values.against === undefined });
console.log(table.head);
for (const row of rowsAt(values.quick ? 1 / 4 : 1)) {
  if ((values.quick && row.isSlow) || !row.work.includes(values.only)) continue;
  console.log(table.add(row, await measured(row)));
}
if (!values.quick && values.only === '' && values.against === undefined) {
  const version = other && execFileSync(other.command[0]!, ['--version'], { encoding: 'utf8' }).trim();
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), table.page({ rounds, collector: version }));
}

function otherSubject(): Subject | undefined {
  if (values.against !== undefined) return { name: 'the other', command: [values.against], isOurs: true };
  const { OTELCOL } = process.env;
  return OTELCOL ? { name: 'collector', command: [OTELCOL], isOurs: false } : undefined;
}

/** The two take turns, so that what else the machine does in the meantime meets both. */
async function measured(row: Row): Promise<Figures> {
  const figures = { ours: [] as number[], theirs: [] as number[] };
  const isAlone = other === undefined || (row.isOursAlone && !other.isOurs);
  for (let round = 0; round < rounds; round++) {
    figures.ours.push((await row.measure(ours)) ?? Number.NaN);
    if (!isAlone) figures.theirs.push((await row.measure(other)) ?? Number.NaN);
  }
  return figures;
}

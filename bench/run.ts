import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Row, rowsAt } from './load/rows.ts';
import type { Subject } from './load/server.ts';
import { type Figures, ResultsTable } from './results-table.ts';

/*
 * npm run bench [-- --quick] [--only TEXT] [--rounds N] [--against BUNDLE]
 * Measures the bundle that the image runs (dist/otelcol-contrib). If OTELCOL names the executable of the Collector, also measures it, in
 * turns. Writes the medians of the rounds to bench/RESULTS.md, but not with --quick or --only. --against compares with another bundle of
 * pitot and writes nothing (bench/compare).
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
const pitot: Subject = { name: 'pitot', command: [bundle], isPitot: true };
const other = otherSubject();
if (other === undefined) console.log('OTELCOL is not set; measuring only pitot, without ratios.');

const table = new ResultsTable({ other: other?.name ?? 'Collector', hasTargets: values.against === undefined });
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
  if (values.against !== undefined) return { name: 'Other', command: [values.against], isPitot: true };
  const { OTELCOL } = process.env;
  return OTELCOL ? { name: 'Collector', command: [OTELCOL], isPitot: false } : undefined;
}

/** Measures both subjects in turns, so that other work on the machine affects both. */
async function measured(row: Row): Promise<Figures> {
  const figures = { pitot: [] as number[], other: [] as number[] };
  const isAlone = other === undefined || (row.isPitotOnly && !other.isPitot);
  for (let round = 0; round < rounds; round++) {
    figures.pitot.push((await row.measure(pitot)) ?? Number.NaN);
    if (!isAlone) figures.other.push((await row.measure(other)) ?? Number.NaN);
  }
  return figures;
}

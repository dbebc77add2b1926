/**
 * Writes helm/files/dashboards/*.json. With `--check`, writes nothing and exits with status 1 if a file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { agents } from './agents.ts';
import { airflowDashboard } from './airflow/dashboard.ts';
import { generations } from './airflow/generation.ts';
import { toGrafana } from './dashboard.ts';
import { pitot } from './pitot.ts';

const check = process.argv.includes('--check');
const airflow = Object.fromEntries(generations.map((each) => [each.file, airflowDashboard(each)]));
for (const [name, dashboard] of Object.entries({ ...airflow, agents, pitot })) {
  const file = new URL(`../../helm/files/dashboards/${name}.json`, import.meta.url);
  const text = `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${name}.json is out of date: run npm run dashboards\n`);
    process.exitCode = 1;
  }
}

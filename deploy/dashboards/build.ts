/**
 * Writes helm/files/dashboards/*.json. With `--check`, writes nothing and exits with status 1 if a file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { agents } from './agents.ts';
import { airflow } from './airflow.ts';
import { toGrafana } from './dashboard.ts';
import { pitot } from './pitot.ts';

const check = process.argv.includes('--check');
for (const [name, dashboard] of Object.entries({ airflow, agents, pitot })) {
  const file = new URL(`../../helm/files/dashboards/${name}.json`, import.meta.url);
  const text = `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${name}.json is out of date: run npm run dashboards\n`);
    process.exitCode = 1;
  }
}

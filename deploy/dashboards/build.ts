/**
 * Writes helm/files/dashboards/*.json and, for VictoriaMetrics, helm/files/dashboards-victoriametrics/*.json. With `--check`, writes nothing and exits with status 1 if a file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { agents } from './agents.ts';
import { airflowDashboard } from './airflow/dashboard.ts';
import { type Generation, generations, victoriaMetrics } from './airflow/generation.ts';
import { type Dashboard, toGrafana } from './dashboard.ts';
import { pitot } from './pitot.ts';

const check = process.argv.includes('--check');
const airflow = (all: readonly Generation[]) =>
  Object.fromEntries(all.map((each) => [each.file, airflowDashboard(each)]));

function write(folder: string, dashboards: Readonly<Record<string, Dashboard>>): void {
  for (const [name, dashboard] of Object.entries(dashboards)) {
    const file = new URL(`../../helm/files/${folder}/${name}.json`, import.meta.url);
    const text = `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
    if (!check) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      process.stderr.write(`${folder}/${name}.json is out of date: run npm run dashboards\n`);
      process.exitCode = 1;
    }
  }
}

write('dashboards', { ...airflow(generations), agents, pitot });
write('dashboards-victoriametrics', airflow(victoriaMetrics));

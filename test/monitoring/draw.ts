/**
 * Draws each dashboard as an SVG from Prometheus's answers, after it has scraped the recordings: not Grafana, but its grid, titles, units,
 * and legends.
 *
 *   node test/monitoring/draw.ts FOLDER
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawDashboard } from './draw-dashboard.ts';
import { dashboards, filled } from './panel-queries.ts';
import { dashboardOf, scrapesOf, target } from './recorded.ts';
import { type Job, ReplayedTsdb } from './replay/replayed-tsdb.ts';
import { agentScrapes } from './simulated-agent.ts';

const folder = process.argv[2];
if (!folder) throw new Error('usage: draw.ts FOLDER');
mkdirSync(folder, { recursive: true });

async function draw(titles: readonly string[], jobs: readonly Job[]): Promise<void> {
  const tsdb = await ReplayedTsdb.start({ prometheus: 'prometheus', flags: [], format: 'text', jobs });
  try {
    for (const dashboard of dashboards().filter(({ title }) => titles.includes(title))) {
      const svg = await drawDashboard(dashboard, (expr) => tsdb.queryRange(filled(expr)));
      const path = join(folder!, `${dashboard.title.toLowerCase().replaceAll(' ', '-')}.svg`);
      writeFileSync(path, svg);
      process.stdout.write(`drawn: ${path}\n`);
    }
  } finally {
    await tsdb.stop();
  }
}

const airflow = (scrapes: Job['scrapes']): Job => ({ name: target.job, labels: target, scrapes });
for (const name of ['airflow-2.11-flush', 'airflow-3.1', 'airflow-3.2'] as const)
  await draw([dashboardOf[name]], [airflow(await scrapesOf(name, 'text'))]);

const live = await scrapesOf('airflow-3.3-live', 'text', { hasOwnMetrics: true });
const names = readFileSync(new URL('../deploy/fixtures/agents.names.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');
await draw(
  ['Airflow 3.3', 'pitot', 'Remote Execution agents'],
  [
    airflow(live),
    { name: 'pitot', scrapes: live.map(({ atMs, own }) => ({ atMs, page: own! })) },
    { name: 'agents', scrapes: agentScrapes(names, live) },
  ],
);

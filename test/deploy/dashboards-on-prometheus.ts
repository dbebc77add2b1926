/**
 * Runs every query of every dashboard on a real Prometheus. Prometheus has scraped a replayed recording of Airflow, pitot's own metrics, and
 * a simulated agent. Each query must return data.
 *
 *   node test/deploy/dashboards-on-prometheus.ts [--draw FOLDER] [COLLECTOR…]     (default: pitot)
 *
 * `--draw` also writes each dashboard as an SVG with Grafana's grid, titles, units, and legends, but not drawn by Grafana.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawDashboard } from './draw-dashboard.ts';
import { dashboards, queryRange, variants } from './panel-queries.ts';
import { type Replayed, withReplayedPrometheus } from './replayed-prometheus.ts';

const { values, positionals } = parseArgs({ options: { draw: { type: 'string' } }, allowPositionals: true });
const collector = positionals.length > 0 ? positionals : undefined;

await withReplayedPrometheus(collector, async (replayed) => {
  const empty = await emptyPanels(replayed);
  for (const { where, expr } of empty) process.stdout.write(`no data: ${where}\n         ${expr}\n`);
  process.exitCode = empty.length === 0 ? 0 : 1;
  if (values.draw) await drawAll(replayed, values.draw);
});

/** Returns the queries without data, or with only NaN. */
async function emptyPanels(replayed: Replayed): Promise<{ where: string; expr: string }[]> {
  const empty: { where: string; expr: string }[] = [];
  for (const { title, panels } of dashboards()) {
    for (const panel of panels) {
      for (const expr of (panel.targets ?? []).flatMap((target) => variants(target.expr))) {
        const lines = await queryRange(replayed, expr);
        const hasData = lines.some((line) => line.values.some(([, value]) => value !== 'NaN'));
        if (!hasData) empty.push({ where: `${title}: ${panel.title}`, expr });
      }
    }
  }
  return empty;
}

async function drawAll(replayed: Replayed, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const dashboard of dashboards()) {
    const svg = await drawDashboard(dashboard, (expr) => queryRange(replayed, variants(expr)[0]!));
    const path = join(folder, `${dashboard.title}.svg`);
    writeFileSync(path, svg);
    process.stdout.write(`drawn: ${path}\n`);
  }
}

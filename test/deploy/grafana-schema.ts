/**
 * Checks dashboards with the TypeScript compiler against Grafana's schema, the types of the npm package @grafana/schema. A misspelled key,
 * a wrong type, or an unknown enum value is an error.
 *
 *   node test/deploy/grafana-schema.ts FOLDER_WITH_NODE_MODULES DASHBOARD.json…
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [folder, ...files] = process.argv.slice(2);
if (!folder || files.length === 0) throw new Error('usage: grafana-schema.ts FOLDER_WITH_NODE_MODULES DASHBOARD.json…');
const types = './node_modules/@grafana/schema/dist/types/raw';
const kinds = ['stat', 'table', 'timeseries', 'bargauge'];

// JSON has no enums, so a string enum becomes the union of its values.
const prelude = [
  `import type { Dashboard, RowPanel, Panel } from '${types}/dashboard/x/types.gen';`,
  ...kinds.map(
    (kind) => `import type { Options as ${kind}Options } from '${types}/composable/${kind}/panelcfg/x/types.gen';`,
  ),
  'type Json<T> = T extends string ? `${T}` : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;',
].join('\n');

for (const file of files) {
  const { panels, ...dashboard } = JSON.parse(readFileSync(file, 'utf8'));
  const parts = [`const dashboard: Json<Dashboard> = ${JSON.stringify(dashboard, null, 1)};`];
  for (const [index, { options, ...panel }] of panels.entries()) {
    parts.push(
      `const panel${index}: Json<${panel.type === 'row' ? 'RowPanel' : 'Panel'}> = ${JSON.stringify(panel, null, 1)};`,
    );
    if (panel.type !== 'row')
      parts.push(`const options${index}: Partial<Json<${panel.type}Options>> = ${JSON.stringify(options, null, 1)};`);
  }
  writeFileSync(join(folder, `${basename(file, '.json')}.ts`), `${prelude}\n${parts.join('\n')}\n`);
}

const compiler = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'preserve'];
const sources = files.map((file) => `${basename(file, '.json')}.ts`);
const { status, stdout, stderr } = spawnSync('tsc', [...compiler, ...sources], { cwd: folder, encoding: 'utf8' });
process.stdout.write(`${stdout}${stderr}`);
process.exitCode = status ?? 1;

/**
 * Records the objects that the upstream chart renders from the values in ../fixtures, for compare.ts.
 *
 *   node test/helm/compare/record-upstream.ts HELM FOLDER_OF_THE_UPSTREAM_CHART
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, type Manifest, render } from './render.ts';

const [helm, chart] = process.argv.slice(2);
if (!helm || !chart) throw new Error('usage: record-upstream.ts HELM FOLDER_OF_THE_UPSTREAM_CHART');
const objects: Record<string, Manifest> = {};
const recorded: Record<string, { error: string } | { objects: Record<string, string> }> = {};
for (const group of ['upstream', 'real'] as const) {
  for (const { name, path } of cases(group)) {
    const rendering = render(helm, chart, path);
    if ('error' in rendering) {
      recorded[name] = { error: rendering.error };
      continue;
    }
    const keys: Record<string, string> = {};
    for (const [key, manifest] of Object.entries(rendering.objects)) {
      // Each object is recorded once, because most cases share most objects.
      const id = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 10);
      objects[id] = manifest;
      keys[key] = id;
    }
    recorded[name] = { objects: keys };
  }
}
const lines = (map: object) =>
  Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');
const text = `{"cases": {\n${lines(recorded)}\n}, "objects": {\n${lines(objects)}\n}}\n`;
writeFileSync(join(import.meta.dirname, '../fixtures/upstream/rendered.json'), text);

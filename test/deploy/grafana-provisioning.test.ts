import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const files = (folder: string) => readdirSync(join(root, folder)).sort();
const text = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const all = files('helm/files/dashboards');

/** The dashboard of a kind of server: that for VictoriaMetrics where it differs. */
function expected(folder: 'dashboards' | 'dashboards-victoriametrics', file: string): string {
  return text('helm/files', existsSync(join(root, 'helm/files', folder, file)) ? folder : 'dashboards', file);
}

test.each([
  ['grafana-provisioning', 'dashboards'],
  ['grafana-provisioning-victoriametrics', 'dashboards-victoriametrics'],
] as const)('deploy/%s contains every dashboard and a data source', (folder, dashboards) => {
  const json = join('deploy', folder, 'dashboards/json');
  expect(files(json)).toEqual(all);
  for (const file of all) expect(text(json, file) === expected(dashboards, file), file).toBe(true);
  expect(parse(text('deploy', folder, 'dashboards/pitot.yaml')).providers[0].options.path).toMatch(/dashboards\/json$/);
  expect(parse(text('deploy', folder, 'datasources/prometheus.yaml')).datasources).toHaveLength(1);
});

test.each([
  ['grafana-dashboards.yaml', 'dashboards'],
  ['grafana-dashboards-victoriametrics.yaml', 'dashboards-victoriametrics'],
] as const)('deploy/kubernetes/%s has a ConfigMap for every dashboard', (file, dashboards) => {
  const maps = parseAllDocuments(text('deploy/kubernetes', file)).map((document) => document.toJS());
  const data = Object.assign({}, ...maps.map((map) => map.data)) as Record<string, string>;
  expect(Object.keys(data).sort()).toEqual(all);
  for (const name of all) expect(data[name] === expected(dashboards, name), name).toBe(true);
});

/**
 * Writes the manifests of this folder from helm/files: the rules as PrometheusRule and as VMRule (VictoriaMetrics), and the dashboards as
 * ConfigMaps. Also writes helm/files/rules-victoriametrics, which the chart uses for a VMRule. With `--check`, writes nothing and exits with status 1 if a file is out of date.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, stringify } from 'yaml';
import { withoutNativeHistograms } from './victoriametrics.ts';

const root = new URL('../../', import.meta.url).pathname;
const check = process.argv.includes('--check');
const generated = '# Generated from helm/files by `npm run manifests`; do not edit.\n';

interface Group {
  readonly name: string;
  readonly rules: readonly { readonly expr: string }[];
}

const groups: Group[] = ['airflow', 'agents', 'pitot'].flatMap(
  (name) => parse(readFileSync(`${root}helm/files/rules/${name}.yaml`, 'utf8')).groups,
);

function rules(apiVersion: string, kind: string, translate: (expr: string) => string): string {
  const metadata = { name: 'pitot', labels: { 'app.kubernetes.io/name': 'pitot' } };
  const spec = {
    groups: groups.map(({ rules: all, ...group }) => ({
      ...group,
      rules: all.map((rule) => ({ ...rule, expr: translate(rule.expr) })),
    })),
  };
  return generated + stringify({ apiVersion, kind, metadata, spec }, { lineWidth: 0 });
}

/** @param folder of the dashboards that replace those of helm/files/dashboards */
function configMaps(folder = 'dashboards'): string {
  const documents = globSync(`${root}helm/files/dashboards/*.json`)
    .sort()
    .map((path) => {
      const file = basename(path);
      const replaced = `${root}helm/files/${folder}/${file}`;
      // The label is the one that the sidecar of Grafana's chart selects by default.
      const metadata = {
        name: `pitot-dashboard-${file.replace('.json', '').replaceAll('.', '-')}`,
        labels: { grafana_dashboard: '1', 'app.kubernetes.io/name': 'pitot' },
      };
      const data = { [file]: readFileSync(existsSync(replaced) ? replaced : path, 'utf8') };
      return stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, { lineWidth: 0 });
    });
  return generated + documents.join('---\n');
}

/** A file of rules for VictoriaMetrics. */
function rulesFile(name: string): string {
  const file = parse(readFileSync(`${root}helm/files/rules/${name}.yaml`, 'utf8'));
  for (const { rules: all } of file.groups) for (const rule of all) rule.expr = withoutNativeHistograms(rule.expr);
  return generated + stringify(file, { lineWidth: 0 });
}

const files = {
  'prometheusrule.yaml': rules('monitoring.coreos.com/v1', 'PrometheusRule', (expr) => expr),
  'vmrule.yaml': rules('operator.victoriametrics.com/v1beta1', 'VMRule', withoutNativeHistograms),
  'grafana-dashboards.yaml': configMaps(),
  'grafana-dashboards-victoriametrics.yaml': configMaps('dashboards-victoriametrics'),
  '../../helm/files/rules-victoriametrics/airflow.yaml': rulesFile('airflow'),
};

for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, import.meta.url);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`deploy/kubernetes/${name} is out of date: run npm run manifests\n`);
    process.exitCode = 1;
  }
}

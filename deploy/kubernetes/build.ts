/**
 * Writes the manifests of this folder from helm/files: the rules as PrometheusRule and as VMRule (VictoriaMetrics), and the dashboards as
 * ConfigMaps. Also writes helm/files/rules-victoriametrics, which the chart uses for a VMRule. With `--check`, writes nothing and exits with status 1 if a file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { alertRules, dashboards } from '../../src/cli/generated-monitoring.ts';
import { monitoringFiles } from '../../src/cli/monitoring-files.ts';
import { withoutNativeHistograms } from './victoriametrics.ts';

const root = new URL('../../', import.meta.url).pathname;
const check = process.argv.includes('--check');
const generated = '# Generated from helm/files by `npm run manifests`; do not edit.\n';

/** A file of rules for VictoriaMetrics. */
function rulesFile(name: string): string {
  const file = parse(readFileSync(`${root}helm/files/rules/${name}.yaml`, 'utf8'));
  for (const { rules: all } of file.groups) for (const rule of all) rule.expr = withoutNativeHistograms(rule.expr);
  return generated + stringify(file, { lineWidth: 0 });
}

const translated = rulesFile('airflow');
const chart = { ...monitoringFiles(), 'rules-victoriametrics/airflow.yaml': translated };
const files = {
  'prometheusrule.yaml': generated + alertRules(chart, 'prometheus', true),
  'vmrule.yaml': generated + alertRules(chart, 'victoriametrics', true),
  'grafana-dashboards.yaml': generated + dashboards(chart, 'prometheus', undefined),
  'grafana-dashboards-victoriametrics.yaml': generated + dashboards(chart, 'victoriametrics', undefined),
  '../../helm/files/rules-victoriametrics/airflow.yaml': translated,
};

for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, import.meta.url);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`deploy/kubernetes/${name} is out of date: run npm run manifests\n`);
    process.exitCode = 1;
  }
}

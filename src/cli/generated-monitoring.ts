import { parse, stringify } from 'yaml';
import type { MonitoringFiles } from './monitoring-files.ts';

/** Servers that evaluate the queries. */
export const servers = ['prometheus', 'victoriametrics'] as const;
export type Server = (typeof servers)[number];

const labels = { 'app.kubernetes.io/name': 'pitot' };
const yaml = (value: object) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** The file for a server: VictoriaMetrics has its own where the queries differ. */
function fileFor(files: MonitoringFiles, server: Server, folder: string, name: string): string {
  const own = server === 'victoriametrics' ? files[`${folder}-victoriametrics/${name}`] : undefined;
  return own ?? files[`${folder}/${name}`]!;
}

function namesIn(files: MonitoringFiles, folder: string): string[] {
  return Object.keys(files)
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(folder.length + 1));
}

/** Alerts and recording rules: a file of rules, or with `isResource` a PrometheusRule or VMRule. */
export function alertRules(files: MonitoringFiles, server: Server, isResource: boolean): string {
  const groups = namesIn(files, 'rules').flatMap((name) => parse(fileFor(files, server, 'rules', name)).groups);
  if (!isResource) return yaml({ groups });
  const type =
    server === 'prometheus'
      ? { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' }
      : { apiVersion: 'operator.victoriametrics.com/v1beta1', kind: 'VMRule' };
  return yaml({ ...type, metadata: { name: 'pitot', labels }, spec: { groups } });
}

/**
 * The JSON of one dashboard, or without a name a ConfigMap for each, with the label that the sidecar of Grafana's chart selects.
 * @throws Error if there is no dashboard of this name
 */
export function dashboards(files: MonitoringFiles, server: Server, name: string | undefined): string {
  const names = namesIn(files, 'dashboards');
  if (name !== undefined) {
    if (names.includes(`${name}.json`)) return fileFor(files, server, 'dashboards', `${name}.json`);
    const known = names.map((file) => file.replace('.json', '')).join(', ');
    throw new Error(`there is no dashboard ${JSON.stringify(name)}; use one of: ${known}`);
  }
  return names
    .map((file) =>
      yaml({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: `pitot-dashboard-${file.replace('.json', '').replaceAll('.', '-')}`,
          labels: { grafana_dashboard: '1', ...labels },
        },
        data: { [file]: fileFor(files, server, 'dashboards', file) },
      }),
    )
    .join('---\n');
}

import { globSync, readFileSync } from 'node:fs';

/** Rules and dashboards of this release, by path, such as `rules/airflow.yaml`. */
export type MonitoringFiles = Readonly<Record<string, string>>;

/** Reads the files of the chart. In the bundle, scripts/bundle.ts replaces this module with their content. */
export function monitoringFiles(): MonitoringFiles {
  const folder = new URL('../../helm/files/', import.meta.url);
  const paths = globSync('*/*.{yaml,json}', { cwd: folder }).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(path, folder), 'utf8')]));
}

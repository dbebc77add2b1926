import { globSync, readFileSync } from 'node:fs';

/** The parts of a Grafana dashboard that are queried and drawn. */
export interface DashboardJson {
  readonly title: string;
  readonly panels: readonly PanelJson[];
}

export interface PanelJson {
  readonly title: string;
  readonly type: 'row' | 'timeseries' | 'stat' | 'bargauge' | 'table';
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit: string;
      readonly thresholds: { readonly steps: readonly { readonly color: string; readonly value: number | null }[] };
    };
  };
}

export function dashboards(name: 'dashboards' | 'dashboards-victoriametrics' = 'dashboards'): DashboardJson[] {
  const folder = new URL(`../../helm/files/${name}/`, import.meta.url).pathname;
  return globSync(`${folder}*.json`)
    .sort()
    .map((path) => JSON.parse(readFileSync(path, 'utf8')));
}

/** Scrape interval of the recordings for panels, seconds. */
export const panelScrapeSeconds = 30;

/** The query with Grafana's variables filled in: everything or one cluster is selected, and pitot counts. */
export function filled(expr: string, cluster = '.*'): string {
  return expr
    .replaceAll('$__rate_interval', `${4 * panelScrapeSeconds}s`)
    .replaceAll('$__range', '30m')
    .replaceAll('$cluster', cluster)
    .replaceAll('$count', 'increase')
    .replaceAll('$unit', '1')
    .replaceAll(/\$(namespace|job|airflow|dag|instance)/g, '.*');
}

import { globSync, readFileSync } from 'node:fs';
import type { Replayed } from './replayed-prometheus.ts';

/** Parts of a Grafana dashboard that are queried and drawn. */
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

/** One line of a result: its labels, and its values by Unix time in seconds. */
export interface Line {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

export function dashboards(): DashboardJson[] {
  const folder = new URL('../../helm/files/dashboards/', import.meta.url).pathname;
  return globSync(`${folder}*.json`)
    .sort()
    .map((path) => JSON.parse(readFileSync(path, 'utf8')));
}

/** Returns the query with values for Grafana's variables, once per choice of `$count`. */
export function variants(expr: string): string[] {
  const filled = expr
    .replaceAll('$__rate_interval', '15s')
    .replaceAll('$__range', '60s')
    .replaceAll(/\$(job|dag|instance)/g, '.*');
  return filled.includes('$count')
    ? ['increase', 'max_over_time'].map((name) => filled.replaceAll('$count', name))
    : [filled];
}

/** Returns the result since the start of the replay, one value per second. @throws Error with the message of Prometheus */
export async function queryRange({ url, began }: Replayed, query: string): Promise<Line[]> {
  const parameters = new URLSearchParams({ query, start: `${began}`, end: `${Date.now() / 1000}`, step: '1' });
  const response = await fetch(`${url}/api/v1/query_range?${parameters}`);
  const answer = (await response.json()) as { status: string; error?: string; data: { result: Line[] } };
  if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
  return answer.data.result;
}

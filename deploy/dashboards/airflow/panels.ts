import type { Panel, Query } from '../dashboard.ts';

/** A panel whose queries say which of Airflow's metrics they need, by their names in Airflow. */
export interface Conditional extends Omit<Panel, 'queries'> {
  readonly queries: readonly (Query & { readonly needs: readonly string[] })[];
}

type Line = readonly [legend: string, needs: string | readonly string[], expr: string];

/** A panel of lines, half a row wide. */
export function line(title: string, unit: string, ...lines: Line[]): Conditional {
  return { title, kind: 'timeseries', unit, width: 12, queries: lines.map(query) };
}

/** A panel of the top row with one number. */
export function number(title: string, [, needs, expr]: Line, rest: Partial<Conditional> = {}): Conditional {
  return { title, kind: 'stat', unit: 'short', width: 4, queries: [query(['', needs, expr])], ...rest };
}

function query([legend, needs, expr]: Line) {
  return { legend, expr, needs: typeof needs === 'string' ? [needs] : needs };
}

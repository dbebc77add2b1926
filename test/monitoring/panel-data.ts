import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type DashboardJson, dashboards, filled } from './panel-queries.ts';
import { dashboardOf, type RecordingName } from './recorded.ts';
import type { Line, ReplayedTsdb } from './replay/replayed-tsdb.ts';

/** The queries of a dashboard, each with its panel's title and its number in the panel. */
const queriesOf = (dashboard: DashboardJson, cluster?: string) =>
  dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ expr }, index) => ({
      where: panel.targets!.length > 1 ? `${panel.title} #${index + 1}` : panel.title,
      expr: filled(expr, cluster),
    })),
  );

/** Whether a query found anything but NaN. */
export const hasData = (lines: readonly Line[]): boolean =>
  lines.some(
    ({ values, histograms }) => histograms !== undefined || (values ?? []).some(([, value]) => value !== 'NaN'),
  );

/**
 * Returns panels without data, with the titles of their queries. `cluster`: the one that the dashboard's variable
 * selects.
 */
export async function emptyQueries(tsdb: ReplayedTsdb, dashboard: DashboardJson, cluster?: string): Promise<string[]> {
  const empty: string[] = [];
  for (const { where, expr } of queriesOf(dashboard, cluster))
    if (!hasData(await tsdb.queryRange(expr, 30))) empty.push(where);
  return empty.sort();
}

export const dashboardFor = (name: RecordingName): DashboardJson =>
  dashboards().find(({ title }) => title === dashboardOf[name])!;

/** Returns the expressions of the rules in a file, with recorded series replaced by their expressions. */
export function ruleExpressions(name: 'airflow' | 'agents' | 'pitot' = 'airflow'): Map<string, string> {
  const file = new URL(`../../helm/files/rules/${name}.yaml`, import.meta.url);
  const rules: { record?: string; alert?: string; expr: string }[] = parse(readFileSync(file, 'utf8')).groups.flatMap(
    (group: { rules: object[] }) => group.rules,
  );
  const recorded = new Map<string, string>();
  const whole = (expr: string): string =>
    expr.replaceAll(
      /([a-z_]+:[a-z_0-9:]+)(\{[^}]*\})?(\[\w+\])?/g,
      (name, record: string, matchers = '', range = '') => {
        const inner = recorded.get(record);
        if (inner === undefined) return name;
        // A recorded series with matchers is a sum by the labels that are matched.
        const selected = matchers === '' ? `(${inner})` : `(${inner.replace(/(\w+_total)\[/, `$1${matchers}[`)})`;
        return range === '' ? selected : `${selected}${range.replace(']', ':1m]')}`;
      },
    );
  for (const { record, expr } of rules) if (record) recorded.set(record, whole(expr));
  return new Map(rules.map(({ record, alert, expr }) => [record ?? alert!, whole(expr)]));
}

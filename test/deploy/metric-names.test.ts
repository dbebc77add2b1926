import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { prometheusName, type RecordedMetric, readAirflowMetrics } from '../../deploy/airflow/metrics.ts';
import { ownMetricNames } from './own-metrics.ts';
import { metricNames } from './promql-names.ts';

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const lines = (path: string): string[] => read(path).trim().split('\n');

/** Names that a scrape can contain, from `name type` lines of recordings, of Astronomer's guide, and of port 8888. */
const served = new Set<string>(
  [
    ...globSync(`${root}test/deploy/fixtures/*.names.txt`).flatMap((path) => lines(path.slice(root.length))),
    ...(await ownMetricNames()),
    ...airflowNames(),
    ...countersOfEvents(),
  ].flatMap((line) => withSeries(line)),
);
// Prometheus adds these for each target.
for (const name of ['up', 'scrape_duration_seconds']) served.add(name);

/** Returns what every version of Airflow sends, as classic and native histograms, and the duplicates with a Dag `x` in their name. */
function airflowNames(): string[] {
  const { metrics, main } = readAirflowMetrics();
  const recorded = Object.entries(metrics).flatMap(([name, groups]) =>
    groups.flatMap(({ kind, duplicate }) => [name, duplicate ?? name].map((each) => ({ name: each, kind }))),
  );
  const added = Object.entries(main.added).map(([name, { kind }]) => ({ name, kind: kind as RecordedMetric['kind'] }));
  return [...recorded, ...added].flatMap(({ name, kind }) => {
    const spelled = name.replaceAll(/\{\w+\}/g, 'x');
    const histogram = prometheusName(spelled, kind, true);
    const plain = [prometheusName(spelled, kind, false), histogram].map((each) => `${each} gauge`);
    return kind === 'timer' ? [...plain, `${histogram} histogram`] : plain;
  });
}

/** Returns pitot's own counters, which appear with their first event, from the string literals in the source. */
function countersOfEvents(): string[] {
  return globSync(`${root}src/**/*.ts`)
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/'(pitot_[a-z_]+)'/g)].map((match) => `${match[1]} counter`),
    );
}

/** Returns the series names of a metric. The Collector's counters can have `_total` and a unit, depending on the configuration. */
function withSeries(line: string): string[] {
  const [name, type] = line.split(' ') as [string, string];
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`];
  return /^(otelcol|pitot)_/.test(name) ? [name, `${name}_total`, `${name}_seconds_total`, `${name}_bytes`] : [name];
}

const recorded = new Set<string>();
const expressions: { where: string; expr: string }[] = [];
for (const path of globSync(`${root}helm/files/rules/*.yaml`)) {
  for (const group of parse(readFileSync(path, 'utf8')).groups) {
    for (const rule of group.rules) {
      if (rule.record) recorded.add(rule.record);
      expressions.push({ where: rule.alert ?? rule.record, expr: rule.expr });
    }
  }
}
for (const path of globSync(`${root}helm/files/dashboards/*.json`)) {
  const dashboard = JSON.parse(readFileSync(path, 'utf8'));
  for (const panel of dashboard.panels) {
    for (const target of panel.targets ?? [])
      expressions.push({ where: `${dashboard.title}: ${panel.title}`, expr: target.expr });
  }
}

test.each(expressions)('$where uses only metrics that exist', ({ expr }) => {
  const unknown = metricNames(expr).filter((name) => {
    const pattern = new RegExp(`^(?:${name})$`);
    return !recorded.has(name) && ![...served].some((candidate) => pattern.test(candidate));
  });
  expect(unknown).toEqual([]);
});

test.each(['airflow', 'agents', 'pitot'])('every alert of %s has a unit test in which it fires', (name) => {
  const alerts = parse(read(`helm/files/rules/${name}.yaml`)).groups.flatMap((group: { rules: { alert?: string }[] }) =>
    group.rules.flatMap((rule) => rule.alert ?? []),
  );
  const tests = read(`test/deploy/promtool/${name}_test.yaml`);
  expect(alerts.filter((alert: string) => !tests.includes(`labels: ALERTS{alertname="${alert}"`))).toEqual([]);
});

describe('names of an expression', () => {
  test.each([
    ['sum by (a, b) (rate(x_total{c="d"}[5m])) / y', ['x_total', 'y']],
    ['{__name__=~"x(_total)?",a="b"} > 1', ['x(_total)?']],
    ['$count(x{dag=~"$dag"}[$__range]) or vector(0)', ['x']],
    ['a:b:c and on (i) d unless e', ['a:b:c', 'd', 'e']],
    ['histogram_quantile(0.95, sum by (le) (h_bucket)) > 1e3', ['h_bucket']],
  ])('%s', (expr, names) => {
    expect(metricNames(expr)).toEqual(names);
  });
});

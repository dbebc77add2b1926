import { expect, test } from 'vitest';
import { agents } from '../../deploy/dashboards/agents.ts';
import { airflowDashboard } from '../../deploy/dashboards/airflow/dashboard.ts';
import { generations, sends } from '../../deploy/dashboards/airflow/generation.ts';
import { airflowLegend } from '../../deploy/dashboards/airflow/queries.ts';
import { pitot } from '../../deploy/dashboards/pitot.ts';
import { metricNames } from './promql-names.ts';

const dashboards = generations.map((generation) => ({ ...generation, dashboard: airflowDashboard(generation) }));
const expressions = (dashboard: ReturnType<typeof airflowDashboard>) =>
  dashboard.rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)));

test('each dashboard has its own uid, file, and title', () => {
  for (const key of ['file', 'title'] as const)
    expect(new Set(dashboards.map((each) => each[key])).size).toBe(dashboards.length);
  expect(new Set(dashboards.map(({ dashboard }) => dashboard.uid)).size).toBe(dashboards.length);
});

test.each(dashboards)('$title selects cluster, namespace, job, and Airflow in every query', ({ dashboard }) => {
  const names = dashboard.variables.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['cluster', 'namespace', 'job', 'airflow', 'dag']));
  for (const expr of expressions(dashboard)) {
    const selectors = expr.match(/\{[^}]*\}/g)!;
    const unselected = selectors.filter((selector) => !selector.includes('exported_job=~"$airflow"'));
    expect(unselected, expr).toEqual([]);
  }
});

test.each(dashboards)('$title keeps components of several Airflows apart', ({ dashboard }) => {
  const rows = dashboard.rows.filter(({ title }) => /^(Pools|Scheduler)/.test(title));
  const queries = rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));
  expect(queries.length).toBeGreaterThan(10);
  for (const { expr, legend } of queries) {
    expect(expr).not.toMatch(
      /\b(sum|min|max|avg)( by)? \((?!cluster, namespace, job, exported_job\b)|\b(sum|min|max|avg)\(/,
    );
    expect(legend).toContain(airflowLegend);
  }
});

test.each([agents, pitot])('$title selects cluster and namespace in every query', (dashboard) => {
  expect(dashboard.variables.map(({ name }) => name)).toEqual(['cluster', 'namespace', 'job', 'instance']);
  for (const expr of expressions(dashboard))
    for (const selector of expr.match(/\{[^}]*\}/g)!)
      expect(selector).toContain('cluster=~"$cluster",namespace=~"$namespace"');
});

test.each([
  ['Airflow 2', 'airflow_scheduler_dagruns_running', false],
  ['Airflow 2', 'airflow_triggerer_capacity_left', false],
  ['Airflow 3.0', 'airflow_ti_finish_total', false],
  ['Airflow 3.1', 'airflow_ti_finish_total', true],
  ['Airflow 3.1', 'airflow_scheduler_dagruns_running', false],
  ['Airflow 3.2', 'airflow_scheduler_dagruns_running', true],
  ['Airflow 3.3', 'airflow_scheduler_zombies_detected_total', false],
  ['Airflow after 3.3', 'airflow_scheduler_zombies_detected_total', true],
])('%s asks for %s: %s', (title, metric, isAsked) => {
  const { dashboard } = dashboards.find((each) => each.title === title)!;
  expect(expressions(dashboard).some((expr) => expr.includes(metric))).toBe(isAsked);
});

test.each(dashboards)('$title shows no gauge that only climbs (dag_processing.processes)', ({ dashboard }) => {
  expect(
    expressions(dashboard)
      .flatMap(metricNames)
      .filter((name) => /processing_processes/.test(name)),
  ).toEqual([]);
});

test('a version sends what its wheels record, and not what only its registry lists', () => {
  const newest = generations.find(({ file }) => file === 'airflow')!;
  expect(sends(newest, 'ti.finish')).toBe(true);
  expect(sends(newest, 'dag_processing.manager_stalls')).toBe(false);
});

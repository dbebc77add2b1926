import { expect, test } from 'vitest';
import { Parameters } from './parameters.ts';
import { pointFilter } from './point-filter.ts';

const point = {
  unixMs: 0,
  metricName: 'airflow.ti.finish',
  metricType: 'Sum',
  unit: '1',
  job: 'airflow',
  process: 'service.instance.id=a1',
  attributes: () =>
    [
      ['dag_id', 'daily'],
      ['task.id', 'Load'],
    ] as const,
  valueText: () => '1',
  line: () => undefined,
};

test.each([
  ['', true],
  ['metric=ti.finish', true],
  ['metric=airflow_ti_finish_total', true],
  ['metric=AIRFLOW.TI', true],
  ['metric=airflow*finish', true],
  ['metric=*ti*', true],
  ['metric=ti*', false],
  ['metric=airflow.ti.finish*finish', false],
  ['metric=ti.start', false],
  ['match=dag_id=daily', true],
  ['match=dag_id=dai', false],
  ['match=task_id=load', true],
  ['match=daily airflow', true],
  ['match=daily hourly', false],
  ['metric=finish&match=a1', true],
])('%j', (query, isMatch) => {
  expect(pointFilter(new Parameters(`?${query}`)).matches(point)).toBe(isMatch);
});

test('refuses a filter of too many words', () => {
  expect(() => pointFilter(new Parameters(`?match=${'a '.repeat(30)}`))).toThrow(/more than 20 words/);
});

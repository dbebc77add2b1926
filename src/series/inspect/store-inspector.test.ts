import { expect, test } from 'vitest';
import type { SeriesInstance, TappedPoint } from '#component/views/series-view.ts';
import { accumulatedOutput, from, secondsIn, started } from '../../../test/support/accumulated-output.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  number,
  request,
  resource,
} from '../../../test/support/pdata.ts';
import { StoreOutput } from '../../../test/support/store-output.ts';
import { StoreInspector } from './store-inspector.ts';

const point = (value: number, { nth = 0, seconds = 1, labels = {} } = {}) =>
  number(value, {
    attributes: attributes(labels),
    startTimeUnixNano: started + BigInt(nth),
    timeUnixNano: secondsIn(seconds),
  });

function named(inspector: StoreInspector, name: string): SeriesInstance[] {
  return [...inspector.series()].filter(({ family }) => family.name === name);
}

test('lists families and series as they are in the output', () => {
  const output = new StoreOutput();
  const inspector = new StoreInspector(output.store);
  output.append(
    request(
      { resource: resource({ 'service.name': 'airflow' }) },
      counter({ name: 'airflow.ti.finish', description: 'Finished tries' }, point(3, { labels: { 'dag id': 'é"x' } })),
    ),
  );
  expect([...inspector.families()]).toMatchObject([
    { name: 'airflow_ti_finish_total', type: 'counter', help: 'Finished tries', seriesCount: 1, hiddenBy: undefined },
  ]);
  const [series] = named(inspector, 'airflow_ti_finish_total') as [SeriesInstance];
  expect(series.labels).toEqual([
    ['dag_id', 'é"x'],
    ['job', 'airflow'],
  ]);
  expect([series.value, series.metricName, series.attribute('dag id'), series.streamCount]).toEqual([
    3,
    'airflow.ti.finish',
    'é"x',
    undefined,
  ]);
  expect(inspector.lines(series, 'text')).toBe(`airflow_ti_finish_total{dag_id="é\\"x",job="airflow"} 3\n`);
  expect(inspector.lines(series, 'openmetrics')).toContain(' 3.0\n');
  expect(inspector.lines(series, 'protobuf')).toContain('value: 3\n');
  expect(inspector.head(series.family, 'text')).toBe(
    '# HELP airflow_ti_finish_total Finished tries\n# TYPE airflow_ti_finish_total counter\n',
  );
});

test('the lineage of an accumulated series names each rule, each label, and each process', async () => {
  const output = await accumulatedOutput({ isZeroFirst: true });
  const inspector = new StoreInspector(output.store);
  const metric = (value: number, nth = 0) =>
    counter({ name: 'airflow.cpu', unit: 'ms' }, point(value, { nth, labels: { job: 'x', 'dag.id': 'd' } }));
  output.append(from('a', metric(5)), from('b', metric(7, 3)), from('c', metric(6)));
  const [series] = named(inspector, 'airflow_cpu_milliseconds_total') as [SeriesInstance];
  const lineage = inspector.lineage(series);
  expect(lineage.naming.map(({ result }) => result)).toEqual([
    'airflow_cpu',
    'airflow_cpu_milliseconds',
    'airflow_cpu_milliseconds_total',
  ]);
  expect(lineage.labels).toEqual([
    {
      ...{ label: 'dag_id', value: 'd', from: 'attribute', keys: ['dag.id'] },
      remark: 'characters that Prometheus does not allow became _',
    },
    {
      ...{ label: 'exported_job', value: 'x', from: 'attribute', keys: ['job'] },
      remark: 'the name was taken by a label that pitot sets',
    },
    { label: 'job', value: 'airflow', from: 'resource', keys: ['service.name'], remark: undefined },
  ]);
  expect(lineage).toMatchObject({
    metric: { name: 'airflow.cpu', unit: 'ms', type: 'Sum', isMonotonic: true, temporality: 'cumulative' },
    processAttributes: ['service.instance.id'],
    mode: 'accumulation',
    isInitialZero: true,
    streams: { total: 3 },
  });
  expect(lineage.streams?.listed.map(({ process, value, baseline }) => [process, value, baseline]).sort()).toEqual([
    ['a', 5, 0],
    ['b', 7, 0],
    ['c', 6, 6],
  ]);
  expect(lineage.collector.lines.toSorted()).toEqual([
    'airflow_cpu_milliseconds_total{dag_id="d",exported_job="x",instance="a",job="airflow"} 5',
    'airflow_cpu_milliseconds_total{dag_id="d",exported_job="x",instance="b",job="airflow"} 7',
    'airflow_cpu_milliseconds_total{dag_id="d",exported_job="x",instance="c",job="airflow"} 6',
  ]);
});

test('without instance IDs, the Collector shows the process that sent last', async () => {
  const output = await accumulatedOutput();
  const inspector = new StoreInspector(output.store);
  output.append(from('', counter('c', point(1))));
  output.settings.clock.advance(1_000);
  output.append(from('', counter('c', point(4, { nth: 1 }))));
  const [series] = named(inspector, 'c_total') as [SeriesInstance];
  expect(series.value).toBe(5);
  expect(inspector.lineage(series).collector.lines).toEqual(['c_total{job="airflow"} 4']);
});

test('the Collector also makes labels of the process attributes that the configuration converts', async () => {
  const output = await accumulatedOutput();
  const inspector = new StoreInspector(output.store, (key) => key.startsWith('service.'));
  output.append(from('a', counter('c', point(5)), gauge('g', point(5))), from('b', counter('c', point(7, { nth: 3 }))));
  const collector = (name: string) => inspector.lineage(named(inspector, name)[0]!).collector;
  expect(collector('c_total').lines.toSorted()).toEqual([
    'c_total{instance="a",job="airflow",service_instance_id="a"} 5',
    'c_total{instance="b",job="airflow",service_instance_id="b"} 7',
  ]);
  expect(collector('g')).toEqual({
    note: 'One series for each process with instance and service_instance_id, and with its latest value. pitot shows the latest value of all processes.',
    ...{ lines: [], more: 0 },
  });
});

test('conflicts show both sides', () => {
  const output = new StoreOutput();
  const inspector = new StoreInspector(output.store);
  output.append(request({}, counter('a_total', point(1))), request({}, gauge('a_total', point(2))));
  output.text();
  expect(inspector.conflicts()).toEqual([
    { name: 'a_total', kind: 'type', shown: 'counter', hidden: 'gauge', seriesCount: 1 },
  ]);
  expect(inspector.drops()).toMatchObject([{ reason: 'type_conflict', metric: 'a_total', points: 1 }]);
  const [hidden] = named(inspector, 'a_total').filter(({ family }) => family.hiddenBy !== undefined) as [
    SeriesInstance,
  ];
  expect(inspector.lines(hidden, 'text')).toBe('');
});

test('a tap gets each point with the line that it became, until it is closed', () => {
  const output = new StoreOutput();
  const inspector = new StoreInspector(output.store);
  const seen: string[] = [];
  const apply = (value: number) => {
    const metrics = request(
      { resource: resource({ 'service.name': 'airflow', 'service.instance.id': 'p1' }) },
      gauge('pool.slots', point(value, { labels: { pool: 'default' } })),
      exponential('t', exponentialPoint({ count: 2, sum: 5, positive: { offset: 0, bucketCounts: [2] } })),
    );
    output.append(metrics);
    inspector.applied(metrics);
  };
  apply(1);
  const close = inspector.tap((points: Iterable<TappedPoint>) => {
    for (const one of points)
      seen.push(`${one.job} ${one.process} ${one.metricName} ${one.valueText()} → ${one.line()}`);
  });
  apply(2);
  close();
  apply(3);
  expect(seen).toEqual([
    'airflow p1 pool.slots 2 → pool_slots{instance="p1",job="airflow",pool="default"} 2',
    'airflow p1 t count=2 sum=5 → t_bucket{instance="p1",job="airflow",le="+Inf"} 2',
  ]);
});

test('a series that expired is no longer live', () => {
  const output = new StoreOutput();
  const inspector = new StoreInspector(output.store);
  output.append(request({}, gauge('g', point(1))));
  const [series] = named(inspector, 'g') as [SeriesInstance];
  output.settings.clock.advance(300_001);
  output.text();
  expect(series.isLive).toBe(false);
  expect([...inspector.series()]).toEqual([]);
});

test('a family counts the points that arrived, also those that were dropped', () => {
  const output = new StoreOutput({ maxSeries: 1 });
  const inspector = new StoreInspector(output.store);
  const points = [point(1, { labels: { a: '1' } }), point(2, { labels: { a: '2' } })];
  for (let i = 0; i < 3; i++) output.append(request({ resource: resource() }, counter({ name: 'a' }, ...points)));
  expect([...inspector.families()]).toMatchObject([{ name: 'a_total', seriesCount: 1, points: 6 }]);
});

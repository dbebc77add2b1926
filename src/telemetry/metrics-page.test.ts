import { expect, test } from 'vitest';
import { metricsPage, type PageOptions } from './metrics-page.ts';
import { MetricsRegistry } from './own-metrics.ts';

const plain: PageOptions = {
  withoutUnits: true,
  withoutTypeSuffix: true,
  withoutScopeInfo: true,
  resource: { 'service.name': 'otelcol-contrib', '0a.b': 'x"y\\z\n' },
  constantLabels: {},
  level: 'normal',
};

/** Returns the lines of the output about one metric, or about all with that prefix. */
async function lines(metrics: MetricsRegistry, name: string, options: Partial<PageOptions> = {}): Promise<string[]> {
  const page = await metricsPage(metrics.registry, { ...plain, ...options });
  return page.split('\n').filter((line) => line.replace(/^# (HELP|TYPE) /, '').startsWith(name));
}

test('counters, gauges and histograms, series in the order of their labels', async () => {
  const metrics = new MetricsRegistry();
  metrics.counter('otelcol_c', 'Counts [Alpha]', { exporter: 'prometheus' }).add(2);
  metrics.counter('otelcol_c', 'Counts [Alpha]', { exporter: 'debug' }).add(1e7);
  metrics.gauge('otelcol_g', 'Measures', {}, () => 0.5);
  metrics.histogram('otelcol_h', 'Spreads', [1, 1000], { processor: 'batch' }).record(5);
  const inFlight = metrics.upDownCounter('otelcol_u', 'Goes up and down', { a: 'b' });
  inFlight.add(3);
  metrics.upDownCounter('otelcol_u', 'Goes up and down', { a: 'b' }).add(-1);
  expect(await lines(metrics, 'otelcol_')).toEqual([
    '# HELP otelcol_c Counts [Alpha]',
    '# TYPE otelcol_c counter',
    'otelcol_c{exporter="debug"} 1e+07',
    'otelcol_c{exporter="prometheus"} 2',
    '# HELP otelcol_g Measures',
    '# TYPE otelcol_g gauge',
    'otelcol_g 0.5',
    '# HELP otelcol_h Spreads',
    '# TYPE otelcol_h histogram',
    'otelcol_h_bucket{processor="batch",le="1"} 0',
    'otelcol_h_bucket{processor="batch",le="1000"} 1',
    'otelcol_h_bucket{processor="batch",le="+Inf"} 1',
    'otelcol_h_sum{processor="batch"} 5',
    'otelcol_h_count{processor="batch"} 1',
    '# HELP otelcol_u Goes up and down',
    '# TYPE otelcol_u gauge',
    'otelcol_u{a="b"} 2',
  ]);
});

test('units, type suffixes, scopes and constant labels where the reader wants them', async () => {
  const metrics = new MetricsRegistry();
  metrics.observedCounter('otelcol_process_uptime', 'Uptime', () => 1);
  metrics.counter('pitot_things', 'Ours').add(1);
  const f = async (options: Partial<PageOptions>, want: string) =>
    expect((await lines(metrics, 'otelcol_process_uptime', options)).at(-1)).toBe(want);
  await f({}, 'otelcol_process_uptime 1');
  await f({ withoutUnits: false }, 'otelcol_process_uptime_seconds 1');
  await f({ withoutUnits: false, withoutTypeSuffix: false }, 'otelcol_process_uptime_seconds_total 1');
  const scope =
    'otel_scope_name="go.opentelemetry.io/collector/service",otel_scope_schema_url="",otel_scope_version=""';
  await f({ withoutScopeInfo: false }, `otelcol_process_uptime{${scope}} 1`);
  await f({ constantLabels: { 'service.name': 'x' } }, 'otelcol_process_uptime{service_name="x"} 1');
  expect((await lines(metrics, 'pitot_things', { withoutTypeSuffix: false })).at(-1)).toBe('pitot_things 1');
});

test('the resource is in target_info, its names made into labels and its values escaped', async () => {
  expect((await lines(new MetricsRegistry(), 'target_info')).at(-1)).toBe(
    String.raw`target_info{_0a_b="x\"y\\z\n",service_name="otelcol-contrib"} 1`,
  );
});

test('level basic omits the metrics of the batch processor', async () => {
  const metrics = new MetricsRegistry();
  metrics.counter('otelcol_processor_batch_timeout_trigger_send', 'Sends').add(1);
  expect(await lines(metrics, 'otelcol_processor_batch')).toHaveLength(3);
  expect(await lines(metrics, 'otelcol_processor_batch', { level: 'basic' })).toEqual([]);
});

test('limits label sets: further ones are not counted', async () => {
  const metrics = new MetricsRegistry();
  for (let each = 0; each < 10_010; each++) metrics.counter('otelcol_many', 'Many', { each: String(each) }).add(1);
  expect(await lines(metrics, 'otelcol_many{')).toHaveLength(10_000);
});

import { Bench } from 'tinybench';
import { BodyText } from '../../src/exporters/debug/body-text.ts';
import { DetailedMetrics } from '../../src/exporters/debug/detailed/metrics.ts';
import type { Layout } from '../../src/exporters/debug/layout.ts';
import { NormalMetrics } from '../../src/exporters/debug/normal/metrics.ts';
import { type Attributes, noAttributes } from '../../src/pdata/attributes.ts';
import type { HistogramDataPoint, Metric, Metrics, NumberDataPoint } from '../../src/pdata/metrics.ts';
import { seededRandom } from '../load/random.ts';

/*
 * Formatting one request of 1,000 points into the bytes that the log takes, as `DebugExporter` does it: 3 attributes and one
 * double for each counter point, 16 buckets for each histogram point. "known": attributes that came before (interned).
 */
const points = 1000;
const random = seededRandom(11);
const start = 1_795_475_600_123_456_789n;
const bounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

function attributes(index: number): Attributes {
  return {
    entries: [
      { key: 'dag_id', value: `dag_${index % 997}` },
      { key: 'task_id', value: `task_${index}` },
      { key: 'state', value: 'success' },
    ],
  };
}

function request(metric: Metric): Metrics {
  const resource = { attributes: noAttributes, droppedAttributesCount: 0, entityRefs: [] };
  const scope = { name: 'airflow', version: '', attributes: noAttributes, droppedAttributesCount: 0 };
  const scopeMetrics = [{ scope, metrics: [metric], schemaUrl: '' }];
  return { resourceMetrics: [{ resource, scopeMetrics, schemaUrl: '' }], dataPointCount: points };
}

const descriptor = { name: 'airflow.ti.finish', description: '', unit: '1', metadata: noAttributes };
const times = { startTimeUnixNano: start, timeUnixNano: start + 60_000_000_000n, flags: 0, exemplars: [] };
const indices = Array.from({ length: points }, (_, index) => index);

function counters(value: (index: number) => number | bigint): Metrics {
  const dataPoints = indices.map((i): NumberDataPoint => ({ ...times, attributes: attributes(i), value: value(i) }));
  return request({ type: 'Sum', descriptor, aggregationTemporality: 2, isMonotonic: true, dataPoints });
}

function histograms(): Metrics {
  const dataPoints = indices.map((i): HistogramDataPoint => {
    const bucketCounts = Array.from({ length: bounds.length + 1 }, () => Math.floor(random() * 50));
    const count = bucketCounts.reduce((total, each) => total + each, 0);
    const stored = { sum: random() * 1e5, min: 0, max: 1e4, explicitBounds: bounds };
    return { ...times, attributes: attributes(i), bucketCounts, count, ...stored };
  });
  return request({ type: 'Histogram', descriptor, aggregationTemporality: 2, dataPoints });
}

const body = new BodyText();
function format(layout: Layout<Metrics>, metrics: Metrics): void {
  layout.write(metrics, body);
  body.take();
}

const detailed = new DetailedMetrics();
const normal = new NormalMetrics();
const whole = counters((i) => i);
const integers = counters((i) => BigInt(i));
const doubles = counters((i) => i + random());
const buckets = histograms();

const bench = new Bench({ time: 500 });
bench
  .add('detailed, counters, whole doubles, known', () => format(detailed, whole))
  .add('detailed, counters, integers, known', () => format(detailed, integers))
  .add('detailed, counters, doubles, known', () => format(detailed, doubles))
  .add('detailed, counters, doubles, new', () => format(new DetailedMetrics(), doubles))
  .add('detailed, 16-bucket histograms, known', () => format(detailed, buckets))
  .add('normal, counters, doubles, known', () => format(normal, doubles))
  .add('normal, 16-bucket histograms, known', () => format(normal, buckets));
await bench.run();
console.table(
  bench.tasks.map((task) => {
    const { latency } = task.result as { latency: { p50: number } };
    return { task: task.name, 'ns/point': Math.round((latency.p50 * 1e6) / points) };
  }),
);

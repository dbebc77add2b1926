import { BodyText } from '#exporters/debug/body-text.ts';
import { DetailedMetrics } from '#exporters/debug/detailed/metrics.ts';
import type { Layout } from '#exporters/debug/layout.ts';
import { NormalMetrics } from '#exporters/debug/normal/metrics.ts';
import { type Attributes, noAttributes } from '#pdata/attributes.ts';
import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  Metrics,
  NumberDataPoint,
} from '#pdata/metrics.ts';
import { seededRandom } from '../load/random.ts';
import { printTimes, type Timed } from './timed.ts';

/*
 * Formatting one request of 1,000 points for the log, as `DebugExporter` does. Counter points have 3 attributes and a double,
 * histogram points 16 buckets. "existing": the attributes are interned.
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

/** Creates histograms in which one bucket in ten is not empty, as in Airflow's. */
function exponentials(): Metrics {
  const none = { offset: 0, bucketCounts: [] };
  const dataPoints = indices.map((i): ExponentialHistogramDataPoint => {
    const bucketCounts = Array.from({ length: 100 }, () => (random() < 0.1 ? 1 + Math.floor(random() * 5) : 0));
    const count = bucketCounts.reduce((total, each) => total + each, 0);
    const stored = { sum: random() * 1e5, min: 0, max: 1e4, scale: 4, zeroCount: 0, zeroThreshold: 0 };
    return {
      ...times,
      attributes: attributes(i),
      count,
      ...stored,
      positive: { offset: 60, bucketCounts },
      negative: none,
    };
  });
  return request({ type: 'ExponentialHistogram', descriptor, aggregationTemporality: 2, dataPoints });
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
const exponential = exponentials();

const timed = (task: string, run: () => void): Timed => ({ task, per: points, run });

await printTimes('point', [
  timed('detailed, counters, whole doubles, existing', () => format(detailed, whole)),
  timed('detailed, counters, integers, existing', () => format(detailed, integers)),
  timed('detailed, counters, doubles, existing', () => format(detailed, doubles)),
  timed('detailed, counters, doubles, new', () => format(new DetailedMetrics(), doubles)),
  timed('detailed, 16-bucket histograms, existing', () => format(detailed, buckets)),
  timed('detailed, exponential histograms of 100 buckets', () => format(detailed, exponential)),
  timed('normal, counters, doubles, existing', () => format(normal, doubles)),
  timed('normal, 16-bucket histograms, existing', () => format(normal, buckets)),
]);

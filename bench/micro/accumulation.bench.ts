import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseConfig } from '#config/schema.ts';
import { prometheusConfig } from '#exporters/prometheus/config.ts';
import { PrometheusExporter } from '#exporters/prometheus/prometheus-exporter.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { encodeMetrics } from '../../test/support/otlp.ts';
import { churnBodies } from '../load/bodies.ts';

/*
 * Accumulation: processor time per data point and memory per stream. Every process sends ten series. "new streams": the first point of
 * each stream. "growing streams": each stream has received points before and counts more. Medians of the rounds. Copy this file into
 * another commit to compare it.
 */

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const rounds = 7;
const processes = 2_000;
const seriesPerProcess = 10;
const start = 1_795_475_600_000_000_000n;
const bounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const kinds = {
  counter: (point: object, size: number) => ({
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ ...point, asDouble: size }] },
  }),
  histogram: (point: object, size: number) => ({
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...point,
          count: size,
          sum: size * 60,
          explicitBounds: bounds,
          bucketCounts: bounds.map((_, i) => (i === 5 ? size : 0)).concat(0),
        },
      ],
    },
  }),
  'exponential histogram': (point: object, size: number) => ({
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...point,
          count: size,
          sum: size * 60,
          scale: 20,
          zeroCount: 0,
          positive: { offset: 6_190_000, bucketCounts: [size] },
        },
      ],
    },
  }),
};

/** The n-th export of each process. */
function* requests(kind: keyof typeof kinds, size: number): Generator<Metrics> {
  const decoder = new MetricsDecoder();
  for (let process = 0; process < processes; process++) {
    const metrics = Array.from({ length: seriesPerProcess }, (_, i) => ({
      name: 'airflow.ti.finish',
      ...kinds[kind](
        {
          startTimeUnixNano: start + BigInt(process) * 7_000_001n,
          timeUnixNano: start + BigInt(process) * 7_000_001n + BigInt(size) * 5_000_000_000n,
          attributes: [text('dag_id', 'orders'), text('task_id', `task_${i}`), text('state', 'success')],
        },
        size,
      ),
    }));
    const resource = {
      attributes: [
        text('service.name', 'airflow'),
        text('service.instance.id', `0f8fad5b-d9cb-469f-a165-${String(process).padStart(12, '0')}`),
      ],
    };
    yield decoder.decode(
      encodeMetrics({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 's' }, metrics }] }] } as never),
    );
  }
}

function newExporter(): PrometheusExporter {
  const parsed = parseConfig(prometheusConfig, { endpoint: 'localhost:0', accumulation: { enabled: true } });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return new PrometheusExporter(parsed.value, testSettings('prometheus'));
}

/** Processor time in ns. */
function cost(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1_000;
}

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Measures new streams, and later exports of the same ones. */
function measured(task: string, exports: readonly (readonly Metrics[])[]): void {
  const streams = exports[0]!.reduce((sum, { dataPointCount }) => sum + dataPointCount, 0);
  const figures = { new: [] as number[], growing: [] as number[], bytes: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const exporter = newExporter();
    const bytes = heapBytes();
    for (const [i, sent] of exports.entries()) {
      collectGarbage();
      const perPoint = cost(() => sent.forEach((request) => void exporter.consume(request))) / streams;
      (i === 0 ? figures.new : figures.growing).push(perPoint);
      if (i === 0) figures.bytes.push((heapBytes() - bytes) / streams);
    }
  }
  console.log(
    [
      task.padEnd(24),
      `new streams ${median(figures.new).toFixed(0)} ns/point`,
      ...(figures.growing.length > 0 ? [`growing streams ${median(figures.growing).toFixed(0)} ns/point`] : []),
      `${median(figures.bytes).toFixed(0)} bytes/stream`,
    ].join('   '),
  );
}

for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
  measured(
    kind,
    [1, 2, 3].map((size) => [...requests(kind, size)]),
  );
}
const decoder = new MetricsDecoder();
measured('Airflow task processes', [[...churnBodies('airflow-3.3', 1_500)].map((body) => decoder.decode(body))]);

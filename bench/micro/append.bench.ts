import type { PrometheusExporter } from '#exporters/prometheus/prometheus-exporter.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { type BatchShape, batchBodies, churnBodies, recordedBodies } from '../load/bodies.ts';
import { newExporter } from './new-exporter.ts';
import { inTurn, printTimes, type Timed } from './timed.ts';

/*
 * Appending decoded requests to the store of the prometheus exporter, until they are stored. "existing": the attributes are the same objects as before, in the
 * same order. "decoded again": the attributes are equal but other objects, so the store looks up their canonical form. "new series":
 * every point is the first of its series (the store starts empty).
 */

function decoded(bodies: Iterable<Buffer>, decoder = new MetricsDecoder()): Metrics[] {
  return [...bodies].map((body) => decoder.decode(body));
}

/** Returns a function that appends the next request on each call. */
const appending = (exporter: PrometheusExporter, requests: readonly Metrics[]) =>
  inTurn(requests, (request) => exporter.consume(request));

const timed: Timed[] = [];

function add(task: string, per: number, run: () => unknown): void {
  timed.push({ task, per, run });
}

const counters: BatchShape = { kind: 'counter', batches: 10, metrics: 1, points: 1000, step: 0 };
const histograms: BatchShape = { ...counters, kind: 'histogram', points: 200 };
add('1,000 counters, existing', 1000, appending(newExporter().exporter, decoded(batchBodies(counters))));
add('200 histograms of 16 buckets, existing', 200, appending(newExporter().exporter, decoded(batchBodies(histograms))));

const decodedAgain = [...batchBodies(counters)].map((body) => new MetricsDecoder().decode(body));
add('1,000 counters, decoded again', 1000, appending(newExporter().exporter, decodedAgain));

const spread: BatchShape = { ...counters, batches: 100, step: 1000 };
const first = decoded(batchBodies(spread), new MetricsDecoder({ maxInternedBytes: 1e9 }));
add('100 batches of 1,000 counters, new series', 100_000, async () => {
  const { exporter } = newExporter();
  for (const request of first) await exporter.consume(request);
});
const { exporter: large } = newExporter();
add('1,000 counters of 100,000, existing', 1000, appending(large, first));

const airflow = decoded(recordedBodies('airflow-3.3'));
const airflowPoints = airflow.reduce((sum, request) => sum + request.dataPointCount, 0);
add('recording airflow-3.3, existing', airflowPoints / airflow.length, appending(newExporter().exporter, airflow));
const churn = decoded(churnBodies('airflow-3.3', 1000));
const churnPoints = churn.reduce((sum, request) => sum + request.dataPointCount, 0);
add('1,000 processes never seen before', churnPoints, async () => {
  const { exporter } = newExporter();
  for (const request of churn) await exporter.consume(request);
});

await printTimes('point', timed);

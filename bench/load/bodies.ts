import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRequest, encodeMetrics } from '../../test/support/otlp.ts';
import { seededRandom } from './random.ts';

/** Shape of batches: `batches` requests with `metrics` × `points` data points. Each batch starts `step` series after the previous one. */
export interface BatchShape {
  readonly kind: 'counter' | 'histogram';
  readonly batches: number;
  readonly metrics: number;
  readonly points: number;
  readonly step: number;
  /** Number of the first series. 0 by default. */
  readonly first?: number;
  /** Number of the round. Each round has other values and later times for the same series. */
  readonly round?: number;
}

const start = 1_795_475_600_000_000_000n;
const bounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const resource = {
  attributes: [
    text('service.name', 'airflow'),
    text('service.instance.id', 'w1'),
    text('telemetry.sdk.language', 'python'),
    text('telemetry.sdk.name', 'opentelemetry'),
    text('telemetry.sdk.version', '1.45.2'),
  ],
};

/** Generates OTLP bodies in the form of Airflow's from a random seed. */
export function* batchBodies(shape: BatchShape): Generator<Buffer> {
  const random = seededRandom(7 + (shape.round ?? 0));
  for (let batch = 0; batch < shape.batches; batch++) {
    const timeUnixNano = start + BigInt((shape.round ?? 0) * 1000 + batch + 1) * 60_000_000_000n;
    const point = (index: number) => ({
      startTimeUnixNano: start,
      timeUnixNano,
      attributes: [
        text('dag_id', `dag_${((shape.first ?? 0) + batch * shape.step + index) % 997}`),
        text('task_id', `task_${(shape.first ?? 0) + batch * shape.step + index}`),
        text('state', 'success'),
      ],
    });
    const metrics = Array.from({ length: shape.metrics }, (_, metric) => {
      const indices = Array.from({ length: shape.points }, (_, index) => index);
      const name = `airflow.ti.metric_${metric}`;
      if (shape.kind === 'counter') {
        const dataPoints = indices.map((index) => ({ ...point(index), asDouble: batch + index + random() }));
        return { name, sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints } };
      }
      const dataPoints = indices.map((index) => {
        const bucketCounts = Array.from({ length: bounds.length + 1 }, () => Math.floor(random() * 50));
        const count = bucketCounts.reduce((total, each) => total + each, 0);
        return { ...point(index), bucketCounts, count, explicitBounds: bounds, sum: random() * 1e5, min: 0, max: 1e4 };
      });
      return { name, histogram: { aggregationTemporality: 2, dataPoints } };
    });
    const scope = { name: 'airflow.sdk._shared.observability.metrics.otel_logger' };
    yield encodeMetrics({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] });
  }
}

/** Returns the bodies of a recording, in order. */
export function recordedBodies(recording: string): Buffer[] {
  const folder = join(import.meta.dirname, '../../test/fixtures/recordings', recording);
  const files = readdirSync(folder).filter((file) => file.endsWith('.bin'));
  return files.sort().map((file) => readFileSync(join(folder, file)));
}

/** Generates `count` exports of short-lived task processes, each from a different process, based on those of a recording. */
export function* churnBodies(recording: string, count: number): Generator<Buffer> {
  const random = seededRandom(1);
  const sources = recordedBodies(recording)
    .map((body) => decodeRequest(body))
    .filter((request) => JSON.stringify(request).includes('"airflow.ti.finish"'));
  for (let index = 0; index < count; index++) {
    const request = structuredClone(sources[index % sources.length]!);
    const shift = BigInt(index) * 7_000_001n + BigInt(Math.floor(random() * 1000));
    for (const { resource, scopeMetrics } of request.resourceMetrics ?? []) {
      for (const attribute of resource?.attributes ?? []) {
        if (attribute.key === 'service.instance.id') attribute.value = { stringValue: uuid(random) };
      }
      for (const metric of (scopeMetrics ?? []).flatMap((scope) => scope.metrics ?? [])) {
        const data = metric.sum ?? metric.gauge ?? metric.histogram ?? metric.exponentialHistogram ?? metric.summary;
        for (const point of data?.dataPoints ?? []) {
          point.startTimeUnixNano = String(BigInt(point.startTimeUnixNano ?? 0) + shift);
          point.timeUnixNano = String(BigInt(point.timeUnixNano ?? 0) + shift);
        }
      }
    }
    yield encodeMetrics(request);
  }
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

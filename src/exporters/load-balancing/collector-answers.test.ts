import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { HashRing } from '#sharding/hash-ring.ts';
import { encodeOtlpJson } from '../../../test/support/otlp-json.ts';
import { gauge, number, request, resource as withAttributes } from '../../../test/support/pdata.ts';
import { pointPosition, recordPosition, spanPosition } from './keys/positions.ts';
import { splitLogs, splitTraces } from './split/split-items.ts';
import { splitMetrics } from './split/split-metrics.ts';

/*
 * The endpoints to which otelcol-contrib (loadbalancingexporter v0.160.0 in a Collector v0.165.0) sent each item of the requests: by
 * `name/n` of a point, span ID, or time of a log record.
 */

type Endpoints = Readonly<Record<string, readonly string[]>>;

const read = (file: string) => JSON.parse(readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8'));
const answers: Record<string, Partial<Record<'metrics' | 'traces' | 'logs', Endpoints>>> = read(
  'collector-answers.json',
);
const requests: Record<'metrics' | 'traces' | 'logs', object> = read('requests.json');
const ring = new HashRing([5, 4, 3, 2, 1].map((n) => `127.0.0.1:2600${n}`));
const names = ['host', 'dag_id', 'scoped', 'missing', 'n', 'span.name', 'span.kind', 'log.severity', 'log.body'];

const items = {
  metrics: (key: string) => {
    const position = pointPosition(key, names)!;
    const metrics = new MetricsDecoder().decode(encodeOtlpJson('metrics', requests.metrics));
    const parts = splitMetrics(metrics, (envelope, point) => ring.ownerOf(position(envelope, point))!);
    return [...parts].map(([owner, part]) => {
      const points = part.resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) =>
          scope.metrics.flatMap(({ descriptor, dataPoints }) =>
            dataPoints.map(
              ({ attributes }) => `${descriptor.name}/${attributes.entries.find((each) => each.key === 'n')!.value}`,
            ),
          ),
        ),
      );
      expect(part.dataPointCount).toBe(points.length);
      return [owner, points] as const;
    });
  },
  traces: (key: string) => {
    const position = spanPosition(key, names)!;
    const traces = decodeTraces(encodeOtlpJson('traces', requests.traces));
    return [...splitTraces(traces, (...span) => ring.ownerOf(position(...span))!)].map(([owner, part]) => {
      const spans = part.resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans.map(({ spanId }) => spanId)),
      );
      expect(part.spanCount).toBe(spans.length);
      return [owner, spans] as const;
    });
  },
  logs: (key: string) => {
    const position = recordPosition(key, names, () => 0)!;
    const logs = decodeLogs(encodeOtlpJson('logs', requests.logs));
    return [...splitLogs(logs, (...record) => ring.ownerOf(position(...record))!)].map(([owner, part]) => {
      const records = part.resourceLogs.flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap((scope) => scope.logRecords.map(({ timeUnixNano }) => String(timeUnixNano))),
      );
      expect(part.logRecordCount).toBe(records.length);
      return [owner, records] as const;
    });
  },
};

describe('sends each item to the endpoint to which the Collector sends it', () => {
  const cases = Object.entries(answers).flatMap(([key, signals]) =>
    (Object.keys(signals) as (keyof typeof items)[]).map((signal) => [key, signal] as const),
  );
  test.each(cases)('%s of %s', (key, signal) => {
    const sorted = items[signal](key).map(([owner, ids]) => [owner, [...ids].sort()] as const);
    expect(Object.fromEntries(sorted)).toEqual(answers[key]![signal]);
  });
});

test('an item without service.name goes to the owner of an empty name, where the Collector drops it', () => {
  const metric = gauge('g', number(1));
  const [data] = request({ resource: withAttributes({}) }, metric).resourceMetrics;
  const envelope = { resource: data!.resource, scope: data!.scopeMetrics[0]!.scope, metric };
  const empty = { ...envelope, resource: withAttributes({ 'service.name': '' }) };
  const position = pointPosition('service', [])!;
  expect(position(envelope, metric.dataPoints[0]!)).toBe(position(empty, metric.dataPoints[0]!));
});

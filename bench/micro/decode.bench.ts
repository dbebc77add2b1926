import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { Interner } from '#pdata/protobuf/interner.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';
import { batchBodies, churnBodies, recordedBodies } from '../load/bodies.ts';
import { inTurn, printTimes, type Timed } from './timed.ts';

/*
 * Decoding of whole requests. "existing": the decoder has decoded the same attributes before. "new": it has decoded none of them. The
 * walk is a lower bound for any decoder: it visits each field once and stores nothing.
 */

/** Field numbers on the path to the data points: resource, scope, metric, data, point. */
const path: readonly (readonly number[])[] = [[1], [2], [2], [5, 7, 9, 10, 11], [1]];

function walk(reader: WireReader, end: number, depth: number): void {
  while (reader.position < end) {
    const tag = reader.tag(end);
    const wireType = tag & 7;
    if (wireType === 0) reader.varint(end);
    else if (wireType === 1) reader.position += 8;
    else if (wireType === 5) reader.position += 4;
    else {
      const fieldEnd = reader.lengthEnd(end);
      if (path[depth]?.includes(tag >> 3)) walk(reader, fieldEnd, depth + 1);
      reader.position = fieldEnd;
    }
  }
}

function decoding(name: string, bodies: readonly Buffer[]): Timed[] {
  const decoder = new MetricsDecoder();
  const points = bodies.reduce((sum, body) => sum + decoder.decode(body).dataPointCount, 0) / bodies.length;
  return [
    { task: `${name}, existing`, per: points, run: inTurn(bodies, (body) => decoder.decode(body)) },
    { task: `${name}, walk`, per: points, run: inTurn(bodies, (body) => walk(new WireReader(body), body.length, 0)) },
  ];
}

const counters = { kind: 'counter', batches: 20, metrics: 10, points: 100, step: 0 } as const;
const spread = [...batchBodies({ ...counters, batches: 100, step: 100 })];
const churn = [...churnBodies('airflow-3.3', 1000)];
const churnPoints = churn.reduce((sum, body) => sum + new MetricsDecoder().decode(body).dataPointCount, 0);

await printTimes('point', [
  ...decoding('1,000 counters', [...batchBodies(counters)]),
  ...decoding('200 histograms of 16 buckets', [...batchBodies({ ...counters, kind: 'histogram', metrics: 2 })]),
  ...decoding('recording airflow-3.3', recordedBodies('airflow-3.3')),
  {
    task: '100 batches of 1,000 counters, new',
    per: 100_000,
    run: () => {
      const decoder = new MetricsDecoder();
      for (const body of spread) decoder.decode(body);
    },
  },
  {
    task: '1,000 processes never seen before',
    per: churnPoints,
    run: () => {
      const decoder = new MetricsDecoder();
      for (const body of churn) decoder.decode(body);
    },
  },
]);

/* Interning alone: 1,000 texts of 64 bytes. One in ten is longer. */
const texts = Buffer.concat(
  Array.from({ length: 1000 }, (_, i) => Buffer.from(`${i}`.padStart(i % 10 ? 64 : 200, 'x'))),
);
const ends = Array.from({ length: 1000 }, (_, i) => 64 * (i + 1) + 136 * Math.ceil((i + 1) / 10));
const decodeLength = (reader: WireReader, end: number) => {
  const length = { length: end - reader.position };
  reader.position = end;
  return length;
};
const internAll = (interner: Interner<object>) => {
  const reader = new WireReader(texts);
  for (let i = 0, start = 0; i < ends.length; start = ends[i++]!) interner.get(reader, start, ends[i]!);
};
const warm = new Interner(64 * 1024 * 1024, decodeLength);
await printTimes('text', [
  { task: 'intern, existing', per: 1000, run: () => internAll(warm) },
  { task: 'intern, new', per: 1000, run: () => internAll(new Interner(64 * 1024 * 1024, decodeLength)) },
]);

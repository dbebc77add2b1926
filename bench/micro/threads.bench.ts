import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzipSync } from 'node:zlib';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { ExpositionRenderer } from '#prometheus/exposition/exposition-renderer.ts';
import { negotiateFormat } from '#prometheus/exposition/negotiate-format.ts';
import { batchBodies } from '../load/bodies.ts';
import { newExporter } from './new-exporter.ts';

/*
 * Benefit of another thread (docs/adr/0013-one-event-loop.md): the time of each kind of work, and the CPU time of all threads.
 * "transfer": the minimum cost of passing the result to another thread, a structured clone.
 */
interface Cost {
  readonly work: string;
  readonly 'ms each': string;
  readonly 'CPU ms each': string;
}
const costs: Cost[] = [];

/** Runs `work` for a second, after some runs for warm-up. */
async function measure(work: string, run: () => unknown): Promise<void> {
  for (let i = 0; i < 30; i++) await run();
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  let runs = 0;
  while (performance.now() - began < 1000) {
    await run();
    runs++;
  }
  const each = (ms: number) => (ms / runs).toFixed(3);
  const { user, system } = process.cpuUsage(cpuBefore);
  costs.push({ work, 'ms each': each(performance.now() - began), 'CPU ms each': each((user + system) / 1000) });
}

const unzip = promisify(gunzip);
const requestOf = (points: number) =>
  [...batchBodies({ kind: 'counter', batches: 1, metrics: 10, points: points / 10, step: 0 })][0]!;
for (const points of [10, 1_000, 10_000, 100_000]) {
  const compressed = gzipSync(requestOf(points));
  const work = `decompress ${points.toLocaleString('en')} points (${Math.ceil(compressed.length / 1024)} KiB)`;
  // As in the receiver: a larger chunk avoids a thread change per 16 KiB.
  const settings = { chunkSize: compressed.length * 4 };
  await measure(work, () => gunzipSync(compressed, settings));
  await measure(`${work} on another thread`, () => unzip(compressed, settings));
}
const body = requestOf(1000);
const decoder = new MetricsDecoder();
const decoded = decoder.decode(body);
await measure('decode 1,000 points of existing series', () => decoder.decode(body));
await measure('transfer 1,000 decoded points', () => structuredClone(decoded));

const { exporter, clock } = newExporter();
const shape = { kind: 'counter', batches: 100, metrics: 10, points: 100, step: 100 } as const;
for (const request of batchBodies(shape)) exporter.consume(decoder.decode(request));
const families = [...exporter.store.collect(clock.monotonic())];
const renderer = new ExpositionRenderer({ clock });
const text = negotiateFormat(undefined, { offersOpenMetrics: false });
await measure('store 1,000 points of existing series', () => exporter.consume(decoded));
await measure('render 100,000 changed series', async () => {
  for (const family of families as { version: number }[]) family.version += 1;
  for await (const _ of renderer.render({ families, format: text, coding: 'identity' }));
});
const values = () => families.flatMap(({ series }) => series.map((one) => (one.kind === 'number' ? one.value : 0)));
await measure('transfer 100,000 values', () => structuredClone(Float64Array.from(values())));
console.table(costs);

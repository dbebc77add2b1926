import { deflateRawSync } from 'node:zlib';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { toBuffer } from '#prometheus/exposition/byte-builder.ts';
import type { ExpositionFormat } from '#prometheus/exposition/exposition-format.ts';
import { ExpositionRenderer } from '#prometheus/exposition/exposition-renderer.ts';
import { negotiateFormat } from '#prometheus/exposition/negotiate-format.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';
import { batchBodies } from '../load/bodies.ts';
import { scrapeHeaders } from '../load/scrape.ts';
import { newExporter } from './new-exporter.ts';
import { printTimes } from './timed.ts';

/*
 * Rendering the `/metrics` output of 100,000 counters in 10 families. "changed": every series has changed since the previous scrape, so
 * only cached label texts can be used. "unchanged": the output consists of cached parts.
 */
const shape = { kind: 'counter', batches: 100, metrics: 10, points: 100, step: 100 } as const;
const { exporter, clock } = newExporter();
const decoder = new MetricsDecoder();
for (const body of batchBodies(shape)) exporter.consume(decoder.decode(body));
const families = [...exporter.store.collect(clock.monotonic())];

const text = negotiateFormat(undefined, { offersOpenMetrics: false });
const protobuf = negotiateFormat(scrapeHeaders.protobuf.accept, { offersOpenMetrics: false });
const renderer = new ExpositionRenderer({ clock, maxKeptBytes: 64 * 1024 * 1024 });

async function render(format: ExpositionFormat, coding: 'identity' | 'gzip'): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of renderer.render({ families, format, coding })) pieces.push(toBuffer(piece));
  return pieces;
}

function change(): void {
  for (const family of families as (MetricFamily & { version: number })[]) family.version += 1;
}

const page = Buffer.concat(await render(text, 'identity'));
const cases = [
  ['text', text, 'identity'],
  ['text, gzip', text, 'gzip'],
  ['protobuf', protobuf, 'identity'],
] as const;
await printTimes(
  'series',
  cases.flatMap(([name, format, coding]) => [
    {
      task: `${name}, changed`,
      per: 100_000,
      run: () => {
        change();
        return render(format, coding);
      },
    },
    { task: `${name}, unchanged`, per: 100_000, run: () => render(format, coding) },
  ]),
);

/* Cost and result of compression, for the first 4 MB of that output. */
const sample = page.subarray(0, 4 * 1024 * 1024);
for (const level of [1, 6]) console.log(`deflate ${level}: ${deflateRawSync(sample, { level }).length} bytes`);
console.log(`raw: ${sample.length} bytes`);
await printTimes(
  'byte',
  [1, 6].map((level) => ({
    task: `deflate ${level}`,
    per: sample.length,
    run: () => deflateRawSync(sample, { level }),
  })),
);

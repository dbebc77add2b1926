import { expect, test } from 'vitest';
import { ProtobufWriter } from '#bytes/protobuf-writer.ts';
import { encodeSeriesV1 } from './encode-v1.ts';
import { KeptLabels, textBytesOf } from './kept-labels.ts';
import { staleMarker, type WriteLabels, type WriteSample } from './write-series.ts';

const names = ['__name__', 'dag_id', 'empty'];
const values = ['airflow_ti_finish', 'x'.repeat(200), ''];
const metadata = { type: 1, help: '', unit: '' };

function encoded(labels: WriteLabels, ...samples: WriteSample[]): string {
  const writer = new ProtobufWriter(64);
  encodeSeriesV1(writer, { labels, samples, histograms: [], exemplars: [], metadata });
  return writer.finish().toString('hex');
}

test.each([
  [1.5, 1_795_475_600_000],
  [0, 1_795_475_600_000],
  [-0, 0],
  [0, 0],
  [staleMarker, 127],
  [Number.NaN, 128],
  [1, -1],
  [1, Number.MAX_SAFE_INTEGER],
] as const)('a series with kept labels has the bytes of any other: value %s, time %s', (value, timestampMs) => {
  const kept = new KeptLabels(names, values);
  const sample = { value, timestampMs, startMs: 0 };
  const expected = encoded({ names, values }, sample);
  expect(encoded(kept, sample)).toBe(expected);
  // From what the first request has left.
  expect(encoded(kept, sample)).toBe(expected);
  expect(encoded(kept, sample, sample)).toBe(encoded({ names, values }, sample, sample));
});

test('the bytes of texts are those of all names and values', () => {
  expect(textBytesOf(new KeptLabels(names, values))).toBe(8 + 6 + 5 + 17 + 200);
  expect(textBytesOf({ names, values })).toBe(8 + 6 + 5 + 17 + 200);
});

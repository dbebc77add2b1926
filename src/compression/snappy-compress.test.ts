import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeSnappyBlock } from './snappy-block.ts';
import { snappyCompress } from './snappy-compress.ts';

function compressed(bytes: Buffer): { readonly block: Buffer; readonly pauses: number } {
  const work = snappyCompress(bytes);
  let pauses = 0;
  for (;;) {
    const step = work.next();
    if (step.done) return { block: step.value, pauses };
    pauses += 1;
  }
}

it.each([0, 1, 127, 128, 65_535, 65_536, 65_537, 300_000])('compresses %i bytes into one block', (length) => {
  const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * i) >> 3));
  expect(Buffer.from(decodeSnappyBlock(compressed(bytes).block, 1_000_000))).toEqual(bytes);
});

it('is smaller than repetitive input and yields between pieces', () => {
  const bytes = Buffer.from('airflow_task_duration_seconds_bucket'.repeat(10_000));
  const { block, pauses } = compressed(bytes);
  expect(block.length).toBeLessThan(bytes.length / 10);
  expect(pauses).toBe(5);
});

it('round-trips any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      expect(Buffer.from(decodeSnappyBlock(compressed(Buffer.from(bytes)).block, 10_000))).toEqual(Buffer.from(bytes));
    }),
  );
});

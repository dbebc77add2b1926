import { expect, test } from 'vitest';
import { freeBytes } from './free-bytes.ts';

test('large bytes are released immediately, unless they share their memory', () => {
  const own = Buffer.from(new ArrayBuffer(300_000));
  freeBytes(own);
  expect(own.length).toBe(0);
  const memory = new ArrayBuffer(300_000);
  const part = Buffer.from(memory, 0, 280_000);
  freeBytes(part);
  expect(part.length).toBe(280_000);
  const small = Buffer.from(new ArrayBuffer(1_000));
  freeBytes(small);
  expect(small.length).toBe(1_000);
});

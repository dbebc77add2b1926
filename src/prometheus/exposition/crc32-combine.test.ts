import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { combineCrc32 } from './crc32-combine.ts';

test('the checksum of two texts one after the other', () => {
  for (const [first, second] of [
    ['', ''],
    ['a', ''],
    ['', 'b'],
    ['a', 'b'],
    ['hello ', 'world'.repeat(1000)],
    ['x'.repeat(65_537), 'y'.repeat(131_071)],
  ] as const) {
    const combined = combineCrc32(zlib.crc32(first), zlib.crc32(second), second.length);
    expect(combined).toBe(zlib.crc32(first + second));
  }
});

test('long texts put together by doubling', () => {
  const chunk = Buffer.alloc(2 ** 20);
  let zeros = 0;
  let length = 0;
  let part = zlib.crc32(chunk);
  let partLength = chunk.length;
  // 5 MiB of zeros, put together from doubled parts, are the same whichever way they are put together.
  for (const bit of [1, 0, 1]) {
    if (bit === 1) {
      zeros = combineCrc32(zeros, part, partLength);
      length += partLength;
    }
    part = combineCrc32(part, part, partLength);
    partLength *= 2;
  }
  expect(length).toBe(5 * 2 ** 20);
  expect(zeros).toBe(zlib.crc32(Buffer.alloc(length)));
});

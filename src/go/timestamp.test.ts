import { expect, test } from 'vitest';
import { Timestamps, timestampText } from './timestamp.ts';

test.each([
  [0n, '1970-01-01 00:00:00 +0000 UTC'],
  [1581452772000000321n, '2020-02-11 20:26:12.000000321 +0000 UTC'],
  [1581452772120000000n, '2020-02-11 20:26:12.12 +0000 UTC'],
  [1n, '1970-01-01 00:00:00.000000001 +0000 UTC'],
  [2n ** 63n - 1n, '2262-04-11 23:47:16.854775807 +0000 UTC'],
  [2n ** 63n, '1677-09-21 00:12:43.145224192 +0000 UTC'],
  [2n ** 64n - 1n, '1969-12-31 23:59:59.999999999 +0000 UTC'],
])('%d is %s', (unixNano, text) => {
  expect(timestampText(unixNano)).toBe(text);
});

test('cached texts are the same texts, even with more times than the cache holds', () => {
  const timestamps = new Timestamps();
  for (let round = 0; round < 2; round++) {
    for (let i = 0n; i < 5000n; i++) expect(timestamps.text(i)).toBe(timestampText(i));
  }
});

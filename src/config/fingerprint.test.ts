import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';
import { GoFloat } from './raw-value.ts';

test('different settings have different fingerprints, even if their JSON is equal', () => {
  const settings = [
    { a: 1 },
    { a: 2n ** 63n },
    { a: 2n ** 63n - 1n },
    { a: new GoFloat(1) },
    { a: Number.POSITIVE_INFINITY },
    { a: Number.NaN },
    { a: null },
    { a: '1' },
    { a: 'NaN' },
    { a: "'NaN" },
    { a: 'Infinity' },
    { a: `${2n ** 63n}n` },
    {},
  ];
  expect(new Set(settings.map(fingerprintOf)).size).toBe(settings.length);
  for (const each of settings) expect(fingerprintOf(structuredClone(each))).toBe(fingerprintOf(each));
});

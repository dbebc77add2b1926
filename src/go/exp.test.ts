import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goExp } from './exp.ts';

const bits = new BigUint64Array(1);
const double = new Float64Array(bits.buffer);

function fromBits(hex: string): number {
  bits[0] = BigInt(`0x${hex}`);
  return double[0]!;
}

test('e^x is the double that Go computes, to the last bit', () => {
  const lines = readFileSync(join(import.meta.dirname, 'testdata/go-exp.txt'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeGreaterThan(300);
  const wrong = lines.filter((line) => {
    const [x, expected] = line.split(' ').map(fromBits) as [number, number];
    return !Object.is(goExp(x), expected);
  });
  expect(wrong).toEqual([]);
});

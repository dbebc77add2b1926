import { expect, test } from 'vitest';
import { field } from '../../../test/support/wire.ts';
import { readText } from './text-table.ts';
import { WireReader } from './wire-reader.ts';

function read(content: Buffer | string): string {
  const bytes = field(1, content);
  const reader = new WireReader(bytes);
  reader.position = 1;
  const text = readText(reader, bytes.length);
  expect(reader.position).toBe(bytes.length);
  return text;
}

test('a text is what was sent, short or long, UTF-8 or not', () => {
  for (const text of ['', 'a', 'é', 'x'.repeat(64), 'x'.repeat(65), 'ü'.repeat(10_000)]) expect(read(text)).toBe(text);
  expect(read(Buffer.from([0xff, 0x61]))).toBe('\udcffa');
});

test('and after more texts than the table holds', () => {
  for (let index = 0; index < 70_000; index++) read(`text ${index}`);
  for (const index of [0, 1, 65_535, 65_536, 69_999]) expect(read(`text ${index}`)).toBe(`text ${index}`);
});

test('a text does not reach beyond its message', () => {
  const bytes = Buffer.from([3, 0x61, 0x62, 0x63]);
  expect(readText(new WireReader(bytes), 4)).toBe('abc');
  expect(() => readText(new WireReader(bytes), 3)).toThrow('unexpected EOF');
});

import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { bytesField, doubleField, uint64Field, varint, zigzagField } from './protobuf-wire.ts';
import { toUint64, wholeNumberText } from './whole-number.ts';

const reader = (text: string) => protobuf.Reader.create(Buffer.from(text, 'latin1'));

test('numbers are what protobufjs reads', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(Number(reader(varint(value)).uint64().toString())).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (value) => {
      const field = reader(zigzagField(3, value));
      expect([field.uint32(), Number(field.sint64().toString())]).toEqual([24, value]);
    }),
  );
  fc.assert(
    fc.property(fc.double(), (value) => {
      const field = reader(doubleField(2, value));
      expect([field.uint32(), field.double()]).toEqual([17, value]);
    }),
  );
});

test('counts of 64 bits, whole and as doubles', () => {
  const count = (value: bigint | number) => {
    const field = reader(uint64Field(4, value));
    expect(field.uint32()).toBe(32);
    return field.uint64().toString();
  };
  expect(count(0)).toBe('0');
  expect(count(2 ** 53 - 1)).toBe('9007199254740991');
  expect(count(2 ** 60)).toBe('1152921504606846976');
  expect(count(2n ** 64n - 1n)).toBe('18446744073709551615');
});

test('texts and messages of any length', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 100_000]) {
    const field = reader(bytesField(15, 'x'.repeat(length)));
    expect([field.uint32(), field.bytes().length, field.pos]).toEqual([122, length, field.len]);
  }
  expect(reader(bytesField(16, '')).uint32()).toBe(130);
});

test('what is more than 64 bits is the most there is', () => {
  expect(toUint64(2 ** 64)).toBe(2n ** 64n - 1n);
  expect(toUint64(2 ** 63)).toBe(2n ** 63n);
  expect(wholeNumberText(2 ** 53 + 2)).toBe('9007199254740994');
  expect(wholeNumberText(1e21)).toBe('18446744073709551615');
  expect(wholeNumberText(1_000_000)).toBe('1000000');
});

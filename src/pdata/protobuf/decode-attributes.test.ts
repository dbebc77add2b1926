import { expect, test } from 'vitest';
import { doubleField, field, keyValue, varintField } from '../../../test/support/wire.ts';
import type { AnyValue, KeyValue } from '../attributes.ts';
import { addKeyValue, maxValueDepth } from './decode-attributes.ts';
import { WireReader } from './wire-reader.ts';

/** Decodes a KeyValue of these fields. Also returns whether the reader is at its end. */
function decoded(...fields: Buffer[]) {
  const bytes = field(1, ...fields);
  const reader = new WireReader(bytes);
  reader.position = 1;
  const entries: KeyValue[] = [];
  addKeyValue(reader, bytes.length, entries);
  expect(reader.position).toBe(bytes.length);
  return entries[0]!;
}

const valueOfFields = (...fields: Buffer[]): AnyValue => decoded(field(2, ...fields)).value;

test('a value of every kind', () => {
  const f = (bytes: Buffer, value: AnyValue) => expect(valueOfFields(bytes)).toStrictEqual(value);
  f(field(1, 'text'), 'text');
  f(field(1, Buffer.from([0x61, 0xff])), 'a\udcff');
  f(varintField(2, 0), false);
  f(varintField(2, 300), true);
  f(varintField(3, 5), 5n);
  f(Buffer.from('18ffffffffffffffffff01', 'hex'), -1n);
  f(Buffer.from('18ffffffffffffffff7f', 'hex'), 2n ** 63n - 1n);
  f(doubleField(4, -0), -0);
  f(field(5, field(1, field(1, 'x')), field(1)), { kind: 'array', values: ['x', undefined] });
  f(field(6, field(1, keyValue('k', 'v')), field(1)), {
    kind: 'kvlist',
    entries: [
      { key: 'k', value: 'v' },
      { key: '', value: undefined },
    ],
  });
  f(field(7, Buffer.from([1, 0])), Uint8Array.of(1, 0));
  f(Buffer.alloc(0), undefined);
});

test('bytes are a copy', () => {
  const bytes = field(1, field(2, field(7, 'abc')));
  const reader = new WireReader(bytes);
  reader.position = 1;
  const entries: KeyValue[] = [];
  addKeyValue(reader, bytes.length, entries);
  bytes.fill(0);
  expect(entries[0]?.value).toStrictEqual(Uint8Array.from(Buffer.from('abc')));
});

test('the last of several values wins, even if they are in two parts; lists are not merged', () => {
  expect(valueOfFields(varintField(2, 1), field(1, 'x'))).toBe('x');
  expect(decoded(field(2, field(1, 'x')), field(2)).value).toBe('x');
  expect(decoded(field(2, field(1, 'x')), field(2, varintField(3, 1))).value).toBe(1n);
  expect(valueOfFields(field(5, field(1, field(1, 'x'))), field(5))).toEqual({ kind: 'array', values: [] });
});

test('of several keys the last wins; texts by index, which only profiles have, are none', () => {
  expect(decoded(field(1, 'a'), field(1, 'b'), varintField(3, 7))).toEqual({ key: 'b', value: undefined });
  expect(valueOfFields(field(1, 'x'), varintField(8, 3))).toBeUndefined();
});

const nested = (levels: number, wrap: (inner: Buffer) => Buffer): Buffer => {
  let value = field(1, 'x');
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
};
const inArray = (inner: Buffer) => field(5, field(1, inner));
const inMap = (inner: Buffer) => field(6, field(1, field(2, inner)));

test.each([
  ['lists', inArray],
  ['maps', inMap],
])('%s nest to a limit', (_, wrap) => {
  expect(() => valueOfFields(nested(maxValueDepth, wrap))).not.toThrow();
  const message = 'attribute values are nested more than 100 levels deep';
  expect(() => valueOfFields(nested(maxValueDepth + 1, wrap))).toThrow(message);
  expect(() => valueOfFields(nested(3000, wrap))).toThrow(message);
});

/* Results of the Collector. */
test.each([
  ['a key that is a number', varintField(1, 1), 'proto: wrong wireType = 0 for field Key'],
  ['a value that is a number', varintField(2, 1), 'proto: wrong wireType = 0 for field Value'],
  ['a text that is a number', field(2, varintField(1, 1)), 'proto: wrong wireType = 0 for field StringValue'],
  [
    'a list element that is a number',
    field(2, field(5, varintField(1, 1))),
    'proto: wrong wireType = 0 for field Values',
  ],
  ['a key that is longer than the attribute', Buffer.from([0x0a, 3, 0x61, 0x62]), 'unexpected EOF'],
])('%s is refused', (_, bytes, message) => {
  expect(() => decoded(bytes)).toThrow(message);
});

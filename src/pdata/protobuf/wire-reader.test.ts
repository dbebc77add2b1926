import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { WireReader } from './wire-reader.ts';

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Returns the result of a method that must read all of these bytes. */
function read<T>(hex: string, method: (reader: WireReader, end: number) => T): T {
  const bytes = bytesOf(hex);
  const reader = new WireReader(bytes);
  const value = method(reader, bytes.length);
  expect(reader.position).toBe(bytes.length);
  return value;
}

const refusal = (hex: string, method: (reader: WireReader, end: number) => unknown): string => {
  const bytes = bytesOf(hex);
  try {
    method(new WireReader(bytes), bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return (error as DecodeError).message;
  }
  throw new Error('not refused');
};

const varint = (value: bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
};

describe('numbers', () => {
  test('varints of every length, exactly and as float64', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 0, max: 63 }).map(BigInt),
        (wide, cut) => {
          const value = wide >> cut;
          const hex = varint(value).toString('hex');
          expect(read(hex, (reader, end) => reader.varint64(end))).toBe(value);
          expect(read(hex, (reader, end) => reader.varint32(end))).toBe(Number(BigInt.asUintN(32, value)));
          if (value <= Number.MAX_SAFE_INTEGER) {
            expect(read(hex, (reader, end) => reader.varint(end))).toBe(Number(value));
          }
        },
      ),
    );
  });

  test('a varint may be longer than it need be, to ten bytes', () => {
    const f = (hex: string, value: bigint) => {
      expect(read(hex, (reader, end) => reader.varint64(end))).toBe(value);
      expect(read(hex, (reader, end) => reader.varint32(end))).toBe(Number(value));
    };
    f('8000', 0n);
    f('85808000', 5n);
    f('81808080808080808000', 1n);
    // Only one bit of the tenth byte counts.
    f('8080808080808080807e', 0n);
  });

  test('a varint of more than ten bytes overflows', () => {
    for (const method of ['varint', 'varint32', 'varint64', 'lengthEnd', 'tag'] as const) {
      expect(refusal('ffffffffffffffffffff01', (reader, end) => reader[method](end))).toBe('proto: integer overflow');
    }
  });

  test('zigzag', () => {
    const f = (hex: string, value: number) => expect(read(hex, (reader, end) => reader.zigzag32(end))).toBe(value);
    f('00', 0);
    f('01', -1);
    f('02', 1);
    f('feffffff0f', 2147483647);
    f('ffffffff0f', -2147483648);
    // Only the low 32 bits count.
    f('8380808010', -2);
  });

  test('fixed sizes', () => {
    expect(read('ffffffff', (reader, end) => reader.fixed32(end))).toBe(4294967295);
    expect(read('ffffffffffffffff', (reader, end) => reader.fixed64Exact(end))).toBe(2n ** 64n - 1n);
    expect(read('ffffffffffffffff', (reader, end) => reader.sfixed64Exact(end))).toBe(-1n);
    expect(read('000000000000f8bf', (reader, end) => reader.double(end))).toBe(-1.5);
    expect(read('ffffffffffff1f00', (reader, end) => reader.fixed64(end))).toBe(2 ** 53 - 1);
    // 2^53 + 3 and 2^64 - 1 as Go's float64 has them: to even, and up.
    expect(read('0300000000002000', (reader, end) => reader.fixed64(end))).toBe(2 ** 53 + 4);
    expect(read('ffffffffffffffff', (reader, end) => reader.fixed64(end))).toBe(2 ** 64);
  });

  test('nothing is read beyond the end of the message, though there are bytes', () => {
    const reader = new WireReader(Buffer.alloc(20, 0x81));
    const methods = ['varint', 'varint32', 'varint64', 'zigzag32', 'tag', 'lengthEnd'] as const;
    for (const method of [...methods, 'fixed32', 'fixed64', 'fixed64Exact', 'sfixed64Exact', 'double'] as const) {
      reader.position = 2;
      expect(() => reader[method](5), method).toThrow('unexpected EOF');
    }
  });
});

describe('tags and lengths', () => {
  test('a tag is field × 8 + wire type, however it is written', () => {
    const f = (hex: string, tag: number) => expect(read(hex, (reader, end) => reader.tag(end))).toBe(tag);
    f('0a', 0x0a);
    f('8a00', 0x0a);
    f('c23e', 8002);
    f('f2ffffff3f', (2 ** 31 - 2) * 8 + 2);
  });

  test('field numbers from 2^31 on and 0 are refused, with the tag and the place after it', () => {
    const tag = (reader: WireReader, end: number) => reader.tag(end);
    expect(refusal('00', tag)).toBe('proto: Link: illegal field=0 (tag=0, pos=1)');
    expect(refusal('07', tag)).toBe('proto: Link: illegal field=0 (tag=7, pos=1)');
    expect(refusal('8000', tag)).toBe('proto: Link: illegal field=0 (tag=0, pos=2)');
    expect(refusal('8080808040', tag)).toBe('proto: Link: illegal field=-2147483648 (tag=17179869184, pos=5)');
  });

  test('a length may reach to the end of the message and no further', () => {
    expect(new WireReader(bytesOf('020000')).lengthEnd(3)).toBe(3);
    expect(refusal('0300', (reader, end) => reader.lengthEnd(end))).toBe('unexpected EOF');
    expect(refusal('ffffffff0f', (reader, end) => reader.lengthEnd(end))).toBe('unexpected EOF');
    expect(refusal('ffffffffffffffff7f', (reader, end) => reader.lengthEnd(end))).toBe('unexpected EOF');
    expect(refusal('ffffffffffffffffff01', (reader, end) => reader.lengthEnd(end))).toBe(
      'proto: negative length found during unmarshaling',
    );
  });

  test('length-delimited fields are bounded in number', () => {
    const reader = new WireReader(Buffer.alloc(10));
    expect(reader.fieldsLeft).toBe(4_000_000);
    reader.fieldsLeft = 3;
    for (let count = 0; count < 3; count++) reader.lengthEnd(10);
    expect(() => reader.lengthEnd(10)).toThrow('the request has more than 4000000 fields');
  });
});

describe('unknown fields', () => {
  const skip = (hex: string, known = {}) =>
    read(hex, (reader, end) => {
      reader.skip(reader.tag(end), end, known);
    });
  const skipRefusal = (hex: string, known = {}) =>
    refusal(hex, (reader, end) => reader.skip(reader.tag(end), end, known));

  test('are passed over by their wire type', () => {
    for (const hex of ['60 96 01', '61 0102030405060708', '62 03 616263', '65 01020304']) {
      expect(() => skip(hex), hex).not.toThrow();
    }
  });

  test('are refused when cut short', () => {
    for (const hex of ['60', '60 96', '61 01020304050607', '62 03 6162', '62', '65 010203']) {
      expect(skipRefusal(hex), hex).toBe('unexpected EOF');
    }
  });

  test('have one of six wire types', () => {
    expect(skipRefusal('66 00')).toBe('proto: illegal wireType 6');
    expect(skipRefusal('67 00')).toBe('proto: illegal wireType 7');
  });

  test('distinguishes them from known fields with another wire type', () => {
    expect(skipRefusal('42 00', { 8: 'Flags' })).toBe('proto: wrong wireType = 2 for field Flags');
    // `constructor` and the like are no field numbers.
    expect(() => skip('60 01', {})).not.toThrow();
  });

  test('may be groups of groups, as long as nothing else is in them and something follows', () => {
    const f = (hex: string) => {
      const reader = new WireReader(bytesOf(`${hex} 0a00`));
      reader.skip(reader.tag(reader.bytes.length), reader.bytes.length, {});
      expect(reader.position).toBe(reader.bytes.length - 2);
    };
    f('63 64');
    f('63 6b 6c 64');
    f('63 6b 6c 63 64 64');
    expect(skipRefusal('63 64')).toBe('unexpected EOF');
    expect(skipRefusal('63 00')).toBe('proto: Link: illegal field=0 (tag=0, pos=2)');
    expect(skipRefusal('64 00')).toBe('proto: unexpected end of group');
    expect(skipRefusal('63')).toBe('unexpected EOF');
    expect(skipRefusal('63 6b 6c')).toBe('unexpected EOF');
  });

  test('groups of any possible depth do not exhaust the stack', () => {
    expect(skipRefusal('63'.repeat(500_000))).toBe('unexpected EOF');
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8, toByteString } from './utf8.ts';

test('valid text decodes as UTF-8', () => {
  for (const text of ['', 'abc', 'ünï', '温度', '𝄞x', '\ufeffbom', '\0'])
    expect(decodeUtf8(Buffer.from(text))).toBe(text);
});

test('each byte that is not UTF-8 becomes a lone surrogate', () => {
  const f = (hex: string, text: string) => {
    const decoded = decodeUtf8(Buffer.from(hex, 'hex'));
    expect(decoded).toBe(text);
    expect(decoded.isWellFormed()).toBe(false);
  };
  f('ff', '\udcff');
  f('61c3', 'a\udcc3');
  f('c0af', '\udcc0\udcaf'); // overlong
  f('eda080', '\udced\udca0\udc80'); // an encoded surrogate
  f('f4908080', '\udcf4\udc90\udc80\udc80'); // beyond U+10FFFF
  f('c3bcff41', 'ü\udcffA');
  f('e282', '\udce2\udc82'); // cut short
});

test('a part of a buffer', () => {
  expect(decodeUtf8(Buffer.from('xxüyy'), 2, 4)).toBe('ü');
});

test('ASCII is its own ByteString; other text becomes one character for each byte', () => {
  expect(toByteString('abc')).toBe('abc');
  expect(toByteString('ü')).toBe('\u00c3\u00bc');
  expect(toByteString('ü\udcff')).toBe('\u00c3\u00bc\u00ff');
});

test('any bytes survive decoding and encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      const text = decodeUtf8(buffer);
      expect(encodeUtf8(text).equals(buffer)).toBe(true);
      expect(toByteString(text)).toBe(buffer.latin1Slice());
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['a continuation without a beginning', [0x80], '\udc80'],
  ['an overlong form of three bytes', [0xe0, 0x80, 0x80], '\udce0\udc80\udc80'],
  ['an overlong form of four bytes', [0xf0, 0x80, 0x80, 0x80], '\udcf0\udc80\udc80\udc80'],
  [
    'characters of every length next to an invalid byte',
    [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xfe],
    'aé€😀\udcfe',
  ],
  ['a replacement character that was sent', [0xef, 0xbf, 0xbd], '\ufffd'],
])('%s comes back', (_, bytes, text) => {
  expect(decodeUtf8(Buffer.from(bytes))).toBe(text);
  expect([...encodeUtf8(text)]).toEqual(bytes);
});

test('writes a lone surrogate that represents no byte as the replacement character', () => {
  expect(encodeUtf8('a\ud800\udc00\ud800').toString()).toBe('a\u{10000}\ufffd');
});

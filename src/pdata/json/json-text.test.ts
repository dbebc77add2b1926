import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodeError } from '../protobuf/decode-error.ts';
import { JsonText } from './json-text.ts';

/** The bytes of the string that these characters, each one byte, and a quote make. */
function read(content: string, rest = ''): Buffer {
  const bytes = Buffer.from(`"${content}"${rest}`, 'latin1');
  const text = new JsonText(bytes);
  const value = Buffer.from(text.read(1));
  expect(text.position).toBe(bytes.length - rest.length);
  return value;
}

test('accepts bytes unchanged, escaped or not', () => {
  const f = (content: string, hex: string) => expect(read(content, '\\"').toString('hex')).toBe(hex);
  f('', '');
  f('abc', '616263');
  f('\xff\x7f', 'ff7f');
  f('\xff\\n\xc3', 'ff0ac3');
  f('\\"\\\\\\/', '225c2f');
  f('\\b\\f\\n\\r\\t', '080c0a0d09');
  f('\\u0041\\u00E9\\u20ac\\u0000', '41c3a9e282ac00');
});

test('surrogates: a pair is one character, a lone one is U+FFFD, and the text after it is preserved', () => {
  const f = (content: string, text: string) => expect(read(content).toString()).toBe(text);
  f('\\ud83d\\ude00', '😀');
  f('\\uD83D\\uDE00x', '😀x');
  f('\\ud83d', '\ufffd');
  f('\\ude00', '\ufffd');
  f('\\ud83dx', '\ufffdx');
  f('\\ud83d\\n', '\ufffd\n');
  f('\\ud83d\\u0041', '\ufffdA');
  f('\\ude00\\ud83d', '\ufffd\ufffd');
  f('\\ud83d\\ud83d\\ude00', '\ufffd\ufffd\ufffd');
  f('\\uffff', '\uffff');
});

test.each([
  ['a control character', 'a\nb"'],
  ['a zero', '\0"'],
  ['no end', 'abc'],
  ['no end after an escape', '\\n'],
  ['an escape of the end', '\\"'],
  ['an escape that is none', '\\x41"'],
  ['an upper-case U', '\\U0041"'],
  ['few digits', '\\u12"'],
  ['few digits before the end', '\\u"'],
  ['a letter beyond f', '\\u12g4"'],
  ['half a pair and few digits', '\\ud83d\\u12"'],
  ['half a pair and an escape that is none', '\\ud83d\\x"'],
])('%s is refused', (_, content) => {
  const text = new JsonText(Buffer.from(`"${content}`, 'latin1'));
  expect(() => text.read(1)).toThrow(DecodeError);
  expect(() => text.read(1)).toThrow(/^ReadString: .* error found at byte \d+$/);
});

test('accepts a control character after an escape, same as the Collector', () => {
  expect(read('\\n\n').toString()).toBe('\n\n');
});

test('parses the output of JSON.stringify', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const json = JSON.stringify(value).slice(1, -1);
      expect(read(Buffer.from(json).toString('latin1')).toString()).toBe(value.toWellFormed());
    }),
    { numRuns: 1000 },
  );
});

test('several strings of one text do not disturb each other', () => {
  const text = new JsonText(Buffer.from('"\\tlong and escaped" "\\n" "x"'));
  expect(text.read(1).toString()).toBe('\tlong and escaped');
  expect(text.read(text.position + 2).toString()).toBe('\n');
  expect(text.read(text.position + 2).toString()).toBe('x');
});

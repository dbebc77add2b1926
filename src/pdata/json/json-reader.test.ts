import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodeError } from '../protobuf/decode-error.ts';
import { JsonReader } from './json-reader.ts';

const reader = (json: string) => new JsonReader(Buffer.from(json));

/** Returns whether a value could be skipped and the reader is directly after it. */
function skips(json: string): boolean {
  const at = reader(`[${json},7]`);
  try {
    if (!at.hasElement()) return false;
    at.skip();
    return at.hasElement() && at.integer(0n, 9n) === 7n && !at.hasElement();
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

test('an object is read key by key', () => {
  const object = reader(' { "a" : 1 , "b\\n" : "x" } ');
  expect(object.key()).toBe('a');
  expect(object.integer(0n, 9n)).toBe(1n);
  expect(object.key()).toBe('b\n');
  expect(object.text()).toBe('x');
  expect(object.key()).toBe('');
});

test('keys and texts are bytes, one character each', () => {
  const object = reader('{"ü":"é"}');
  expect(object.key()).toBe('\u00c3\u00bc');
  expect(object.utf8()).toEqual(Buffer.from('é'));
});

test('an array is read element by element', () => {
  const array = reader('[ true , null , [ ] , {} ]');
  expect(array.hasElement() && array.boolean()).toBe(true);
  expect(array.hasElement() && array.text()).toBe('');
  expect(array.hasElement() && array.hasElement()).toBe(false);
  expect(array.hasElement() && array.key()).toBe('');
  expect(array.hasElement()).toBe(false);
});

test('what JSON.stringify writes can be skipped', () => {
  fc.assert(fc.property(fc.json(), (json) => skips(json)));
});

test('what JSON.parse refuses can not be skipped, and the other way round', () => {
  const json = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 0123456789.eE+-truefalsn'), maxLength: 12 }),
    fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]:,"0.e-')).map(([text, at, character]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + character + text.slice(place);
    }),
  );
  fc.assert(
    fc.property(json, (text) => {
      fc.pre(!breaksOut(text) && !isLenient.test(text));
      expect(skips(text)).toBe(isValue(text));
    }),
    { numRuns: 3000, examples: [['-'], ['01'], ['1.'], ['""'], ['1e5'], ['-0'], ['+1'], ['1-1'], ['1.5.5']] },
  );
});

/** Three forms of negative numbers that the Collector skips, and numbers that can be too large. */
const isLenient = /-\+|-[.0]\d|e\+?\d{3}|\d{300}/i;

test('numbers that nobody reads', () => {
  for (const json of ['-.5', '-01', '-+6', '-+.5', '-+01', '-0.5', '9'.repeat(400), '1e308', '1e-999'])
    expect(skips(json), json).toBe(true);
  for (const json of ['-', '.5', '5.', '-5.', '01', '1e999', '-1e999', '1.5.5', '-1.5.5', '1e5e5', '1e']) {
    expect(skips(json), json).toBe(false);
  }
});

/** Whether a value ends before the text does, at what would go on with the array around it: none of the reader's business. */
function breaksOut(text: string): boolean {
  return [...text].some((character, i) => ',[]'.includes(character) && isValue(text.slice(0, i)));
}

function isValue(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('integers hold to their range', () => {
  const f = (json: string, min: bigint, max: bigint) => reader(`${json} `).integer(min, max);
  expect(f('255', 0n, 255n)).toBe(255n);
  expect(() => f('256', 0n, 255n)).toThrow('ReadInt: value out of range');
  expect(f('-128', -128n, 127n)).toBe(-128n);
  expect(() => f('-129', -128n, 127n)).toThrow('ReadInt: value out of range');
  expect(f('"000000000000000000000000000000000000007"', 0n, 255n)).toBe(7n);
});

test('an error contains position and cause, but no text of the body', () => {
  expect(() => reader('  secret').key()).toThrow(
    new DecodeError('ReadObject: expect { or , or } or n, error found at byte 3'),
  );
  expect(() => reader('{"secret').key()).toThrow(
    new DecodeError('ReadString: unexpected end of input, error found at byte 8'),
  );
  expect(() => reader('').hasElement()).toThrow(
    new DecodeError('Read: unexpected end of input, error found at byte 0'),
  );
});

test('skipping is bounded in depth, not by the stack', () => {
  expect(skips(`${'['.repeat(9_999)}${']'.repeat(9_999)}`)).toBe(true);
  expect(() => reader('['.repeat(10_001)).skip()).toThrow('Skip: exceeded max depth');
  expect(() => reader('{"a":'.repeat(10_001)).skip()).toThrow('Skip: exceeded max depth');
});

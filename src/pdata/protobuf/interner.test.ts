import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { type Interned, Interner, standsAt } from './interner.ts';
import { readText } from './text-table.ts';
import { WireReader } from './wire-reader.ts';

/** Returns an interner of texts, each in its own object, that records decoded texts. */
function textInterner(maxBytes: number) {
  const decoded: string[] = [];
  const interner = new Interner(maxBytes, (reader, end) => {
    const text = reader.bytes.toString('utf8', reader.position, end);
    if (text.includes('!')) throw new DecodeError('no');
    decoded.push(text);
    reader.position = end;
    return { text };
  });
  const get = (text: string): Interned<{ text: string }> => {
    const bytes = Buffer.from(`<${text}>`);
    const reader = new WireReader(bytes);
    const entry = interner.get(reader, 1, bytes.length - 1);
    expect(reader.position).toBe(bytes.length - 1);
    expect(entry.value.text).toBe(text);
    return entry;
  };
  return { interner, get, decoded };
}

test('decodes the same bytes once and returns the same object', () => {
  const { get, decoded } = textInterner(100_000);
  const first = get('a');
  expect(get('b')).not.toBe(first);
  expect(get('a')).toBe(first);
  expect(decoded).toEqual(['a', 'b']);
});

test('nothing of a request is kept: the bytes are copied', () => {
  const { interner, get } = textInterner(100_000);
  const bytes = Buffer.from('abc');
  const entry = interner.get(new WireReader(bytes), 0, 3);
  expect(entry.view.buffer).not.toBe(bytes.buffer);
  bytes.fill(0);
  expect(get('abc')).toBe(entry);
});

test('does not cache values that cannot be decoded', () => {
  const { interner, get } = textInterner(100_000);
  expect(() => get('no!')).toThrow(DecodeError);
  expect(() => get('no!')).toThrow(DecodeError);
  expect(interner.bytes).toBe(0);
});

test('keeps used entries among any number of others, and discards unused ones', () => {
  const { get, decoded } = textInterner(20_000);
  const used = get('used');
  get('unused');
  for (let index = 0; index < 1000; index++) {
    get(`${index}`);
    expect(get('used')).toBe(used);
  }
  decoded.length = 0;
  get('unused');
  expect(decoded).toEqual(['unused']);
});

test('what is longer than a chunk is decoded each time', () => {
  const { interner, get, decoded } = textInterner(16_000);
  get('x'.repeat(1001));
  get('x'.repeat(1001));
  expect(decoded.length).toBe(2);
  expect(interner.bytes).toBe(0);
  get('x'.repeat(1000));
  expect(interner.bytes).toBeGreaterThan(2000);
});

test('never exceeds the size limit', () => {
  const texts = fc.array(
    fc.oneof(
      fc.nat(20).map(String),
      fc.nat().map(String),
      fc.nat(900).map((length) => 'y'.repeat(length)),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(texts, (all) => {
      const { interner, get } = textInterner(16_000);
      for (const text of all) {
        const { cost } = get(text);
        expect(cost).toBeGreaterThan(2 * text.length);
        expect(interner.bytes).toBeLessThanOrEqual(16_000 + cost);
      }
    }),
  );
});

test('decoded fields count: a few bytes can become many objects', () => {
  const interner = new Interner(1_000_000, (reader, end) => {
    const texts: string[] = [];
    while (reader.position < end) texts.push(readText(reader, end));
    return texts;
  });
  const bytes = Buffer.alloc(1000);
  const entry = interner.get(new WireReader(bytes), 0, 1000);
  expect(entry.value.length).toBe(1000);
  expect(entry.cost).toBeGreaterThan(1000 * 48);
});

test('a prediction is used while it is cached, which refreshes it', () => {
  const { interner, get } = textInterner(20_000);
  const guess = get('guess');
  for (let index = 0; index < 1000; index++) {
    get(`${index}`);
    expect(interner.remembers(guess)).toBe(true);
  }
  const forgotten = get('0');
  for (let index = 1000; index < 2000; index++) get(`${index}`);
  expect(interner.remembers(forgotten)).toBe(false);
  // Its bytes are decoded again, into another entry.
  expect(get('0')).not.toBe(forgotten);
});

test('links only cached entries as predictions', () => {
  const { interner, get } = textInterner(16_000);
  const [first, second, tooLong] = [get('first'), get('second'), get('x'.repeat(2000))];
  interner.link(undefined, first);
  interner.link(first, second);
  expect(first.next).toBe(second);
  interner.link(first, tooLong);
  expect(first.next).toBeUndefined();
});

test('an entry matches only if all of its bytes are before the end', () => {
  const { get } = textInterner(100_000);
  for (const text of ['', 'a', 'abcd', 'abcdefg', 'abcdefgh']) {
    const entry = get(text);
    const reader = new WireReader(Buffer.from(`xx${text}yy`));
    expect(standsAt(entry, reader, 2, 2 + text.length)).toBe(true);
    if (text === '') continue;
    expect(standsAt(entry, reader, 2, 1 + text.length)).toBe(false);
    expect(standsAt(entry, reader, 1, 4 + text.length)).toBe(false);
    for (let index = 0; index < text.length; index++) {
      const other = Buffer.from(`xx${text}yy`);
      other[2 + index]! ^= 0x80;
      expect(standsAt(entry, new WireReader(other), 2, 2 + text.length)).toBe(false);
    }
  }
});

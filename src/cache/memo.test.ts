import { expect, test } from 'vitest';
import { Memo } from './memo.ts';

test('returns the stored object', () => {
  const memo = new Memo<object, string>(10);
  const key = {};
  expect(memo.get(key)).toBeUndefined();
  expect(memo.set(key, 'text')).toBe('text');
  expect(memo.get(key)).toBe('text');
  expect(memo.get({})).toBeUndefined();
});

test('never exceeds its limit', () => {
  const memo = new Memo<object, string>(100, (text) => text.length);
  for (let i = 0; i < 1000; i++) {
    memo.set({}, 'x'.repeat(10));
    expect(memo.size).toBeLessThanOrEqual(10);
  }
});

test('keeps used values and discards others', () => {
  const memo = new Memo<object, number>(4);
  const kept = {};
  const left = {};
  memo.set(kept, 1);
  memo.set(left, 2);
  for (let i = 0; i < 20; i++) {
    expect(memo.get(kept)).toBe(1);
    memo.set({}, i);
  }
  expect(memo.get(left)).toBeUndefined();
});

test('a value heavier than half of the limit is handed through, not kept', () => {
  const memo = new Memo<object, string>(10, (text) => text.length);
  const small = {};
  memo.set(small, 'abc');
  const key = {};
  expect(memo.set(key, 'too heavy')).toBe('too heavy');
  expect(memo.get(key)).toBeUndefined();
  expect(memo.get(small)).toBe('abc');
});

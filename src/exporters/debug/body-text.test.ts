import { expect, test } from 'vitest';
import { BodyText } from './body-text.ts';

const taken = (body: BodyText) => Buffer.from(body.take()).toString('latin1');

test('gives what was added, as bytes, and begins anew', () => {
  const body = new BodyText();
  body.add('abc\xff');
  body.add('def');
  expect(taken(body)).toBe('abc\xffdef');
  expect(taken(body)).toBe('');
  body.add('x');
  expect(taken(body)).toBe('x');
});

test('bodies of any size, below and above what the buffer holds and keeps', () => {
  const body = new BodyText();
  for (const [count, length] of [
    [3, 40_000],
    [1, 200_000],
    [1000, 5_000],
    [2, 10],
  ] as const) {
    const piece = 'abcdefghij'.repeat(length / 10);
    for (let i = 0; i < count; i++) body.add(piece);
    expect(taken(body) === piece.repeat(count)).toBe(true);
  }
});

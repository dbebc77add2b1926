import { expect, test } from 'vitest';
import { BodyText } from './body-text.ts';

const taken = (body: BodyText) => Buffer.from(body.take() as Uint8Array).toString('latin1');

test('returns the added text as bytes, and starts again', () => {
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

test('pauses once for each slice of some text', () => {
  const body = new BodyText();
  let pauses = 0;
  for (let i = 0; i < 1000; i++) {
    body.add('x'.repeat(4096));
    if (body.isPauseDue()) pauses += 1;
  }
  expect(pauses).toBeGreaterThan(2);
  expect(pauses).toBeLessThan(10);
});

test('a body that is too long is not kept, and the next one is as usual', () => {
  const body = new BodyText();
  const piece = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 8; i++) body.add(piece);
  expect(body.isTooLong).toBe(false);
  for (let i = 0; i < 3; i++) body.add(piece);
  expect(body.isTooLong).toBe(true);
  expect(body.take()).toBe(11 * 1024 * 1024);
  body.add('next');
  expect(taken(body)).toBe('next');
});

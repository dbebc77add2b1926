import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { BodyError } from '#compression/body-error.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { Background } from './background.ts';

const background = new Background();
const json = (text: string) => background.run('metricsJsonToProtobuf', Buffer.from(text));

test('returns results, and preserves the type of errors that a task throws on purpose', async () => {
  const text = Buffer.from('text '.repeat(1000));
  expect(text.equals(await background.run('snappyBlock', compress(text), 10_000))).toBe(true);
  await expect(background.run('snappyBlock', compress(text), 100)).rejects.toThrow(BodyError);
  await expect(background.run('snappyBlock', compress(text), 100)).rejects.toThrow('exceeds max request body size');
  await expect(json('{')).rejects.toThrow(DecodeError);
  expect((await json('{"resourceMetrics":[{}]}')).toString('hex')).toBe('0a00');
});

test('transfers large bytes, and leaves small ones to the caller', async () => {
  const small = Buffer.from('{}');
  await background.run('metricsJsonToProtobuf', small);
  expect(small.toString()).toBe('{}');
  const large = new Uint8Array(300_000).fill(0x20);
  large.set(Buffer.from('{}'));
  await background.run('metricsJsonToProtobuf', large);
  expect(large.byteLength).toBe(0);
});

test('completes tasks that are requested at the same time', async () => {
  const hashes = await Promise.all([1, 2, 3].map((i) => background.run('md5Crypt', `password ${i}`, '$apr1$salt$')));
  expect(new Set(hashes).size).toBe(3);
});

test('refuses or skips deep nesting, and the thread continues', async () => {
  const nested = (depth: number) => `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect((await json(nested(9_000))).length).toBe(0);
  await expect(json(nested(11_000))).rejects.toThrow('exceeded max depth');
  expect((await json('{}')).length).toBe(0);
});

import { expect, test } from 'vitest';
import { SharedAnswers } from './shared-answers.ts';

function counting() {
  let computed = 0;
  const answers = new SharedAnswers<number>();
  const ask = (question: string, nowMs: number) => answers.get(question, nowMs, () => Promise.resolve(++computed));
  return { answers, ask };
}

test('shares an answer for ten seconds', async () => {
  const { ask } = counting();
  expect(await Promise.all([ask('a', 0), ask('a', 9_999), ask('b', 0), ask('a', 10_000)])).toEqual([1, 1, 2, 3]);
});

test('keeps the latest eight', async () => {
  const { ask } = counting();
  for (let i = 0; i < 9; i++) await ask(`${i}`, 0);
  expect([await ask('1', 1), await ask('0', 1)]).toEqual([2, 10]);
});

test('computes the response again after a failure', async () => {
  const { answers } = counting();
  await expect(answers.get('a', 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await answers.get('a', 0, () => Promise.resolve(7))).toBe(7);
});

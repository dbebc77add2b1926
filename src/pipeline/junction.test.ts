import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { Junction, maxWaiting } from './junction.ts';

const numbered = (n: number) => ({ n }) as never;
const send = (junction: Junction, n: number) => junction.consume(numbered(n), noClientContext);

test('passes data to the connected stage immediately', () => {
  const junction = new Junction();
  const seen: unknown[] = [];
  junction.connect((data) => void seen.push(data));
  expect(send(junction, 1)).toBeUndefined();
  junction.connect((data) => void seen.push([data]));
  send(junction, 2);
  expect(seen).toEqual([{ n: 1 }, [{ n: 2 }]]);
});

test('data waits while no stage is connected, and is then passed on in order; each client receives its own result', async () => {
  const junction = new Junction();
  const seen: unknown[] = [];
  const answers = [send(junction, 1), send(junction, 2), send(junction, 3)];
  junction.connect((data: { n: number }) => {
    seen.push(data.n);
    if (data.n === 1) return undefined;
    if (data.n === 2) return Promise.reject(new Error('two'));
    throw new Error('three');
  });
  expect(seen).toEqual([1, 2, 3]);
  await expect(answers[0]).resolves.toBeUndefined();
  await expect(answers[1]).rejects.toThrow('two');
  await expect(answers[2]).rejects.toThrow('three');
  junction.disconnect();
  const later = send(junction, 4);
  junction.connect((data: { n: number }) => void seen.push(data.n));
  await later;
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('limits waiting requests, and refuses further ones with a retryable error', async () => {
  const junction = new Junction();
  const waiting = Array.from({ length: maxWaiting }, (_, n) => send(junction, n));
  await expect(send(junction, maxWaiting)).rejects.toBeInstanceOf(RetryableError);
  let count = 0;
  junction.connect(() => void count++);
  await Promise.all(waiting);
  expect(count).toBe(maxWaiting);
});

test('after closing, refuses waiting and future data with a retryable error', async () => {
  const junction = new Junction();
  const waiting = send(junction, 1);
  junction.close();
  await expect(waiting).rejects.toMatchObject({ name: 'RetryableError', retryAfterSeconds: 1 });
  await expect(send(junction, 2)).rejects.toBeInstanceOf(RetryableError);
});

test('closing a connected junction changes nothing: a stopping stage flushes through it', () => {
  const junction = new Junction();
  let count = 0;
  junction.connect(() => void count++);
  junction.close();
  send(junction, 1);
  expect(count).toBe(1);
});

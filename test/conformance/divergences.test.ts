import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDivergences } from './divergences.ts';
import { CaseRunner, readCases } from './run-cases.ts';

const divergences = readDivergences();
const cases = readCases('losses');
let runner: CaseRunner;

beforeAll(async () => {
  runner = await CaseRunner.start(cases);
});

afterAll(() => runner?.stop());

test('lists each case that differs, and each listed case exists', () => {
  const listed = divergences.flatMap((entry) => entry.case ?? []);
  expect(listed.sort()).toEqual(cases.map((which) => which.name).sort());
});

test('names an existing test for each listed difference without a case', () => {
  const root = join(import.meta.dirname, '../..');
  const missing = divergences.filter(
    (entry) => !entry.case && !entry.keeps && !(entry.test && existsSync(join(root, entry.test))),
  );
  expect(missing).toEqual([]);
});

test.each(cases.map((which) => [which.name, which] as const))('%s: loses no data', async (name, which) => {
  const { responses, text } = await runner.run(which);
  expect(responses.map((answer) => answer.status)).toEqual(which.requests.map(() => 200));
  const page = text.body.toString('latin1');
  expect(page).not.toBe(which.expected('expect.metrics.txt')?.toString('latin1'));
  expect(page).not.toBe(which.older('expect.metrics.txt')?.toString('latin1'));
  await expect(page).toMatchFileSnapshot(join(import.meta.dirname, 'losses', name, 'pitot.metrics.txt'));
});

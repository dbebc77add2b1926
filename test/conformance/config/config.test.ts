import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import { interpret } from '#cli/commands.ts';
import { errorText } from '#cli/error-text.ts';
import { featureGates, switchGates } from '#config/feature-gates.ts';
import { compileCache } from '../../support/pitot.ts';
import { readAnswers } from '../answers.ts';
import { type ConfigurationCase, configurationCases } from './configurations.ts';
import { differences, keepsOlder } from './differences.ts';
import { type Answer, inFolder, putTo } from './put-to.ts';

const { older, newest: answers } = readAnswers<Answer>(import.meta.dirname);

/** Executable of pitot under the name of the Collector, as in the image. */
const command = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'otelcol-contrib');
symlinkSync(join(import.meta.dirname, '../../../src/main.ts'), command);
const ours = [process.execPath, command];
const withCache = (asked: ConfigurationCase) => ({ ...asked, env: { NODE_COMPILE_CACHE: compileCache, ...asked.env } });

/** Returns pitot's answer without starting a process. */
function answerInside(asked: ConfigurationCase): Promise<Answer> {
  return inFolder(asked, async (args) => {
    const line = { args, build: buildInfoFor('otelcol-contrib'), environment: asked.env ?? {} };
    // A command line can change feature gates of the whole process.
    const gates = featureGates();
    try {
      const outcome = await interpret(line);
      return { exitCode: 0, stdout: 'print' in outcome ? outcome.print : '', stderr: '' };
    } catch (error) {
      return { exitCode: 1, stdout: '', stderr: errorText(error) };
    } finally {
      switchGates(gates.map(({ id, enabled }) => (enabled ? id : `-${id}`)).join(','));
    }
  });
}

/** Removes pitot's hints and the list of components, which differs between builds. */
function comparable({ exitCode, stdout, stderr }: Answer): Answer {
  const words = stderr.replace(/^hint: .*\n/gm, '').replace(/\(valid values: \[.*?\]\)/g, '(valid values: […])');
  return { exitCode, stdout, stderr: words };
}

/** Cases whose messages the Collector prints in the random order of a hash map. */
const inAnyOrder = new Set(['several validation errors']);

function expected(name: string): Answer {
  const answer = comparable((keepsOlder.has(name) ? older : answers)[name]!);
  const difference = differences[name];
  if (!difference) return answer;
  const { why: _, ...changed } = difference;
  return { ...answer, ...changed };
}

function check(name: string, answer: Answer): void {
  const got = comparable(answer);
  if (!inAnyOrder.has(name)) {
    expect(got).toEqual(expected(name));
    return;
  }
  const sorted = (one: Answer) => ({ ...one, stderr: one.stderr.replace('Error: ', '').split('\n').sort() });
  expect(sorted(got)).toEqual(sorted(expected(name)));
}

const byName = (cases: readonly ConfigurationCase[]) => cases.map((asked) => [asked.name, asked] as const);

/** Whether a command line can start the Collector. */
const isRun = ({ args = [] }: ConfigurationCase) => args.length > 0 && args.every((arg) => arg.startsWith('--config='));

test.each(byName(configurationCases.filter((asked) => !isRun(asked))))('%s', async (name, asked) => {
  check(name, await answerInside(asked));
});

test.each(byName(configurationCases.filter(isRun)))('%s, in a process', async (name, asked) => {
  check(name, await putTo(ours, withCache(asked)));
});

test('a process gives the same answer as the function', async () => {
  for (const name of ['good', 'empty file', 'prometheus unknown keys', 'version', 'unknown gate']) {
    check(name, await putTo(ours, withCache(configurationCases.find((asked) => asked.name === name)!)));
  }
});

test('0.165 has another answer where pitot keeps the answer of 0.155', () => {
  for (const name of keepsOlder.keys()) expect(answers[name], name).not.toEqual(older[name]);
});

test('every listed difference still occurs', () => {
  for (const [name, { why, ...changed }] of Object.entries(differences)) {
    expect(why).not.toBe('');
    expect(comparable(answers[name]!), name).not.toMatchObject(changed);
  }
});

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

/** Our own process under the collector's name, as the image has it. */
const command = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'otelcol-contrib');
symlinkSync(join(import.meta.dirname, '../../../src/main.ts'), command);
const ours = [process.execPath, command];
const withCache = (asked: ConfigurationCase) => ({ ...asked, env: { NODE_COMPILE_CACHE: compileCache, ...asked.env } });

/** Our answer without starting a process. */
function answerInside(asked: ConfigurationCase): Promise<Answer> {
  return inFolder(asked, async (args) => {
    const line = { args, build: buildInfoFor('otelcol-contrib'), environment: asked.env ?? {} };
    // A command line may switch gates of the whole process.
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

/** Leaves out our hints and what no two builds have in common: the list of what is built in. */
function comparable({ exitCode, stdout, stderr }: Answer): Answer {
  const words = stderr.replace(/^hint: .*\n/gm, '').replace(/\(valid values: \[.*?\]\)/g, '(valid values: […])');
  return { exitCode, stdout, stderr: words };
}

/** The collector's words for these come in the order of its hash maps. */
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

/** Command lines that may start a collector. */
const isRun = ({ args = [] }: ConfigurationCase) => args.length > 0 && args.every((arg) => arg.startsWith('--config='));

test.each(byName(configurationCases.filter((asked) => !isRun(asked))))('%s', async (name, asked) => {
  check(name, await answerInside(asked));
});

test.each(byName(configurationCases.filter(isRun)))('%s, by a process', async (name, asked) => {
  check(name, await putTo(ours, withCache(asked)));
});

test('a process answers what is asked inside', async () => {
  for (const name of ['good', 'empty file', 'prometheus unknown keys', 'version', 'unknown gate']) {
    check(name, await putTo(ours, withCache(configurationCases.find((asked) => asked.name === name)!)));
  }
});

test('0.165 answers differently where pitot keeps the answer of 0.155', () => {
  for (const name of keepsOlder.keys()) expect(answers[name], name).not.toEqual(older[name]);
});

test('every difference is still one', () => {
  for (const [name, { why, ...changed }] of Object.entries(differences)) {
    expect(why).not.toBe('');
    expect(comparable(answers[name]!), name).not.toMatchObject(changed);
  }
});

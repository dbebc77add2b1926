import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attributes, gauge, number, resource, scope } from '../../test/support/pdata.ts';
import { compileCondition } from './compile.ts';
import { OttlContext } from './context.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import { map } from './value.ts';

/*
 * Answers of otelcol-contrib to conditions on one data point (its filter processor, `metrics.datapoint`): `true`, `false`, `error` if
 * the condition could not be evaluated, `refused` if the configuration was. A value was found by asking the condition and its negation.
 */
type Answer = 'true' | 'false' | 'error' | 'refused';

function answersOf(version: string): [string, Answer][] {
  const file = new URL(`testdata/collector-conditions-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
const answers = answersOf('0.165');

/** Conditions to which pitot has another answer. */
const differences: Readonly<Record<string, Answer>> = {
  // The Collector formats a map as the address of its Go object.
  'Format("%v", [{"b": 1, "a": "x"}]) == "map[a:x b:1]"': 'true',
};

/** Conditions to which 0.155 had another answer than 0.165. */
const older = new Map(answersOf('0.155'));

const values = attributes({
  s: 'héllo World',
  i: 42n,
  d: 1.5,
  b: true,
  by: Uint8Array.of(1, 2, 255),
  l: { kind: 'array', values: ['a', 1n, true] },
  m: map([
    { key: 'x', value: 1n },
    { key: 'y', value: map([{ key: 'z', value: 'deep' }]) },
  ]),
  e: '',
});
const point = number(5n, { attributes: values, timeUnixNano: 1_000_000_000n, startTimeUnixNano: 0n });

function outcome(condition: string): Answer {
  const context = new OttlContext();
  context.resource = resource({ 'service.name': 'svc' });
  context.scope = scope('sc', '1.2');
  context.metric = gauge({ name: 'p', unit: 's', description: 'd' }, point);
  context.point = point;
  try {
    return String(compileCondition(condition, { context: 'datapoint', processor: 'filter' })(context)) as Answer;
  } catch (error) {
    if (error instanceof OttlParseError) return 'refused';
    if (error instanceof OttlError) return 'error';
    throw error;
  }
}

test.each(answers)('%s', (condition, answer) => {
  expect(outcome(condition)).toBe(differences[condition] ?? answer);
});

test('every difference is one', () => {
  const asked = new Map(answers);
  expect(Object.keys(differences).filter((condition) => !asked.has(condition))).toEqual([]);
  for (const [condition, ours] of Object.entries(differences)) expect(asked.get(condition), condition).not.toBe(ours);
});

test('0.155 differs in how it reads integers, and in two forms that only one version accepts', () => {
  const changed = answers.filter(([condition, answer]) => older.get(condition) !== answer);
  expect(changed.map(([condition]) => condition.replace(/\(.*/s, ''))).toEqual([
    'Int',
    'Int',
    'Concat',
    ...new Array(7).fill('Int'),
    '[1 2] == 1',
  ]);
});

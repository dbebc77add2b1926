import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attributes, gauge, number, resource, scope } from '../../test/support/pdata.ts';
import { compileCondition } from './compile.ts';
import { OttlContext } from './context.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import { map } from './value.ts';

/*
 * What otelcol-contrib v0.155.0 said of conditions on one data point (its filter processor, `metrics.datapoint`): `true`, `false`,
 * `error` when it could not be evaluated, `refused` when the configuration was. A value was found by asking the condition and its negation.
 */
type AppendOutcome = 'true' | 'false' | 'error' | 'refused';
const file = new URL('testdata/collector-conditions.json', import.meta.url);
const answers: [string, AppendOutcome][] = JSON.parse(readFileSync(file, 'utf8'));

/** Where we differ, and what we say. */
const differences: Readonly<Record<string, AppendOutcome>> = {
  // Wrong constants are found when the configuration is read; here when they are used.
  'SHA256(1) == "x"': 'error',
  'Bool("")': 'error',
  'Bool("tRuE") == true': 'error',
  'Bool("yes") == true': 'error',
  'IsBool("true")': 'false',
  'Double("") == nil': 'error',
  'Double("x") == nil': 'error',
  'Double(" 1") == nil': 'error',
  'Double("1e999") == nil': 'error',
  'Duration(5) == nil': 'error',
  'Concat("a", "-") == "a"': 'error',
  'Substring("a", "b", 1) == "a"': 'error',
  'Format("%s", "a") == "a"': 'error',
  'Format(attributes["i"], ["a"]) == "a"': 'error',
  'Time("2024-01-02", "") == nil': 'error',
  'metric.name["x"] == 1': 'error',
  'time_unix_nano["x"] == 1': 'error',
  // Patterns and keys must be written out.
  'IsMatch(attributes["x"], attributes["y"])': 'refused',
  'attributes[1.5] == 1': 'refused',
  'attributes[attributes["k"]] == 1': 'refused',
  'attributes[Concat(["a"],"")] == 1': 'refused',
  // Texts that the collector's grammar takes, and we do not.
  '[1 2] == 1': 'refused',
  '-(1) == -1': 'refused',
  // The buckets as a whole are no path.
  'positive == nil': 'refused',
  // A list that Split makes equals no written list there, and is no argument of Concat.
  'Split("a,b,c", ",") == ["a", "b", "c"]': 'true',
  'Split("abc", "") == ["a", "b", "c"]': 'true',
  'Split("", ",") == [""]': 'true',
  'Concat(Split("a,b", ","), "-") == "a-b"': 'true',
  // Times are no elements of a list, maps no arguments of Format.
  'Concat([time], "") == "1970-01-01T00:00:01Z"': 'error',
  'Concat([time], "") == "\\"1970-01-01T00:00:01Z\\""': 'error',
  'Concat([time], "") == "1970-01-01 00:00:01 +0000 UTC"': 'error',
  'Concat([Duration("1s")], "") == "1000000000"': 'error',
  'Format("%v", [{"b": 1, "a": "x"}]) == "map[a:x b:1]"': 'error',
  // We have more: these in the context of a data point too.
  'min == nil': 'true',
  'HasAttrKeyOnDatapoint("k")': 'false',
  'HasAttrOnDatapoint("k", "v")': 'false',
  // The collector sees the constant before it looks at the left side.
  'attributes["i"]["x"] == 1 or true': 'error',
};

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

function outcome(condition: string): AppendOutcome {
  const context = new OttlContext(resource({ 'service.name': 'svc' }), '', scope('sc', '1.2'), '');
  context.metric = gauge({ name: 'p', unit: 's', description: 'd' }, point);
  context.point = point;
  try {
    return String(compileCondition(condition, 'datapoint')(context)) as AppendOutcome;
  } catch (error) {
    if (error instanceof OttlParseError) return 'refused';
    if (error instanceof OttlError) return 'error';
    throw error;
  }
}

describe('conditions as the collector answers them', () => {
  test.each(answers)('%s', (condition, answer) => {
    expect(outcome(condition)).toBe(differences[condition] ?? answer);
  });
});

test('every difference is one', () => {
  const asked = new Map(answers);
  expect(Object.keys(differences).filter((condition) => !asked.has(condition))).toEqual([]);
  for (const [condition, ours] of Object.entries(differences)) expect(asked.get(condition), condition).not.toBe(ours);
});

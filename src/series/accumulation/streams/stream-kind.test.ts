import { expect, test } from 'vitest';
import { kindOf, type NewStream } from './stream-kind.ts';

const epochUnixNano = 1_000_000_000_000n;
const usual: NewStream = {
  startTimeUnixNano: epochUnixNano + 1n,
  timeUnixNano: epochUnixNano + 100n,
  hasFamily: false,
  canContinue: false,
  horizon: undefined,
  hasProcessAttributes: true,
  isEarlyProcess: true,
  epochUnixNano,
  isUnrecorded: false,
  historyMarginNano: 1_000n,
};
const before = { startTimeUnixNano: epochUnixNano - 1n };
const horizon = { startTimeUnixNano: epochUnixNano + 1n, limitUnixNano: 0n };
const old = { startTimeUnixNano: 5n, timeUnixNano: epochUnixNano - 1_001n };
const unknown = { startTimeUnixNano: 0n };

test.each<[string, Partial<NewStream>, string]>([
  ['started after the state', {}, 'fresh'],
  ['started at the state start', { startTimeUnixNano: epochUnixNano }, 'fresh'],
  ['started long before its first point', { timeUnixNano: epochUnixNano + 10n ** 15n }, 'fresh'],
  ['another process has the same start time', { hasFamily: true }, 'forked'],
  ['the same start time in whole milliseconds', { hasFamily: true, startTimeUnixNano: epochUnixNano }, 'fresh'],
  ['an old fork', { hasFamily: true, ...before }, 'forked'],
  ['a replayed fork', { hasFamily: true, ...old }, 'forked'],
  ['a rewritten start time', { canContinue: true }, 'continued'],
  ['started at the horizon', { horizon }, 'returning'],
  ['started after the horizon', { horizon, startTimeUnixNano: epochUnixNano + 2n }, 'fresh'],
  ['replayed history', old, 'history'],
  ['as old as the margin', { ...old, timeUnixNano: epochUnixNano - 1_000n }, 'preexisting'],
  ['replayed history from before the horizon', { ...old, horizon }, 'returning'],
  ['started before the state', before, 'preexisting'],
  ['started before the state, first seen late', { ...before, isEarlyProcess: false }, 'fresh'],
  ['the same without an ID', { ...before, isEarlyProcess: false, hasProcessAttributes: false }, 'preexisting'],
  ['without a record of shown totals', { ...before, isUnrecorded: true }, 'preexisting_unrecorded'],
  ['a fork without such a record', { ...before, isUnrecorded: true, hasFamily: true }, 'preexisting_unrecorded'],
  [
    'first seen late without such a record',
    { ...before, isUnrecorded: true, isEarlyProcess: false },
    'preexisting_unrecorded',
  ],
  ['history without such a record', { ...old, isUnrecorded: true }, 'history'],
  ['started after the state without such a record', { isUnrecorded: true }, 'fresh'],
  ['an unknown start time', unknown, 'preexisting'],
  ['an unknown start time, first seen late', { ...unknown, isEarlyProcess: false }, 'fresh'],
  ['the same without an ID', { ...unknown, isEarlyProcess: false, hasProcessAttributes: false }, 'preexisting'],
  ['an unknown start time without a record', { ...unknown, isUnrecorded: true }, 'preexisting_unrecorded'],
  [
    'an unknown start time after such a stream was dropped',
    { ...unknown, isEarlyProcess: false, horizon },
    'returning',
  ],
  ['replayed history with an unknown start time', { ...old, ...unknown }, 'history'],
])('%s', (_, circumstances, kind) => {
  expect(kindOf({ ...usual, ...circumstances })).toBe(kind);
});

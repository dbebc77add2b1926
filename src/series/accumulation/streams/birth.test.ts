import { expect, test } from 'vitest';
import { type BirthCircumstances, birthOf } from './birth.ts';

const epochUnixNano = 1_000_000_000_000n;
const usual: BirthCircumstances = {
  hasSibling: false,
  startTimeUnixNano: epochUnixNano + 1n,
  timeUnixNano: epochUnixNano + 100n,
  epochUnixNano,
  memoryNano: 1_000n,
};

test.each<[string, Partial<BirthCircumstances>, string]>([
  ['started after the state began', {}, 'fresh'],
  ['started at that very moment', { startTimeUnixNano: epochUnixNano }, 'fresh'],
  ['another process has the same start', { hasSibling: true }, 'twin'],
  ['the same start on a coarse clock', { hasSibling: true, startTimeUnixNano: epochUnixNano }, 'fresh'],
  ['an older twin is a twin', { hasSibling: true, startTimeUnixNano: epochUnixNano - 1n }, 'twin'],
  ['started before', { startTimeUnixNano: epochUnixNano - 1n }, 'straddling'],
  ['the start is unknown', { startTimeUnixNano: 0n }, 'straddling'],
  ['ended before: replayed', { startTimeUnixNano: 5n, timeUnixNano: epochUnixNano - 1n }, 'fresh'],
  ['straddling by one', { startTimeUnixNano: 5n, timeUnixNano: epochUnixNano }, 'straddling'],
  ['as old as what is remembered', { timeUnixNano: epochUnixNano + 1_001n }, 'fresh'],
  ['older than what is remembered', { timeUnixNano: epochUnixNano + 1_002n }, 'lost_sight'],
  ['a time before its start', { timeUnixNano: epochUnixNano }, 'fresh'],
])('%s', (_, circumstances, birth) => {
  expect(birthOf({ ...usual, ...circumstances })).toBe(birth);
});

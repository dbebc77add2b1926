import { expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.ts';

const now = Date.UTC(2026, 10, 28, 6, 0, 0, 250);

it.each([
  [undefined, undefined],
  ['7', 7],
  ['-7', 0],
  ['soon', undefined],
  ['soon 1', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['Sat, 99 Nov 2026 06:01:00 GMT', undefined],
  ['Saturday, 28-Nov-26 06:01:00 GMT', 59.75],
  ['Sat Nov 28 06:01:00 2026', 59.75],
  ['Sat, 28 Nov 2026 06:01:00 GMT', 59.75],
  ['Sat, 28 Nov 2026 05:00:00 GMT', 0],
])('Retry-After: %s is %s s', (header, seconds) => expect(retryAfterSeconds(header, now)).toBe(seconds));

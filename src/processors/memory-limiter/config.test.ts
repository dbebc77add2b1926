import { expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { memoryLimiterConfig } from './config.ts';

const percent =
  "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or equal to hundred";

test.each([
  [{}, "'check_interval' must be greater than zero"],
  [{ check_interval: '1s' }, "'limit_mib' or 'limit_percentage' must be greater than zero"],
  [{ check_interval: '1s', limit_percentage: 101 }, percent],
  [{ check_interval: '1s', limit_percentage: 50, spike_limit_percentage: 101 }, percent],
  [{ check_interval: '1s', limit_mib: 10, spike_limit_mib: 10 }, "'spike_limit_mib' must be smaller than 'limit_mib'"],
  [
    { check_interval: '1s', limit_percentage: 10, spike_limit_percentage: 10 },
    "'spike_limit_percentage' must be smaller than 'limit_percentage'",
  ],
  [
    { check_interval: '1s', limit_mib: 10, min_gc_interval_when_hard_limited: '11s' },
    "'min_gc_interval_when_soft_limited' should be larger than 'min_gc_interval_when_hard_limited'",
  ],
  [{ check_interval: '1s', limit_mib: 10 }, undefined],
  [{ check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 }, undefined],
])('%j', (raw, message) => {
  const parsed = parseConfig(memoryLimiterConfig, raw);
  expect(parsed.ok && validateConfig(memoryLimiterConfig, parsed.value).map((problem) => problem.message)).toEqual(
    message === undefined ? [] : [message],
  );
});

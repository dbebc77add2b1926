import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Host } from '#component/component.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { BearerTokenAuth } from './bearer-token-auth.ts';
import { bearerTokenAuthConfig } from './config.ts';

/** Reported problems, `undefined` for a recovery. */
const reported: (Error | undefined)[] = [];
const host: Host = {
  extension: () => undefined,
  fatal: () => undefined,
  reportStatus: (_, problem) => void reported.push(problem),
};

async function started(raw: object) {
  const parsed = parseConfig(bearerTokenAuthConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('bearertokenauth');
  const extension = new BearerTokenAuth(parsed.value, settings);
  await extension.start(host);
  const ask = (header: string | undefined, name = 'authorization') =>
    extension.authenticate(new Map(header === undefined ? [] : [[name, [header]]])).then(
      () => 'in',
      (error: Error) => error.message,
    );
  return { extension, settings, ask };
}

const refused = 'provided authorization does not match expected scheme or token';

afterEach(() => {
  vi.useRealTimers();
  reported.length = 0;
});

test('accepts only the exact scheme and token', async () => {
  const { ask } = await started({ token: 'abc' });
  expect(await ask('Bearer abc')).toBe('in');
  for (const header of ['bearer abc', 'Bearer abd', 'Bearer  abc', 'abc', '']) expect(await ask(header)).toBe(refused);
  expect(await ask(undefined)).toBe('missing or empty authorization header: Authorization');
});

test('accepts each of several tokens in another header without a scheme', async () => {
  const { ask, extension } = await started({ header: 'X-Key', scheme: '', tokens: ['a', 'b'] });
  expect([await ask('a', 'x-key'), await ask('b', 'x-key'), await ask('c', 'x-key')]).toStrictEqual([
    'in',
    'in',
    refused,
  ]);
  expect([...extension.requestHeaders()]).toStrictEqual([['X-Key', 'a']]);
});

test('reads a token from the start of each line, rereads a changed file, and keeps the tokens of a deleted one', async () => {
  const filename = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'tokens');
  writeFileSync(filename, '\n one  the first\ntwo\n');
  const { ask, settings } = await started({ filename, token: 'unused' });
  expect(settings.logged[0]).toBe('warn a filename is specified. Configured token(s) is ignored!');
  expect([await ask('Bearer one'), await ask('Bearer two'), await ask('Bearer unused')]).toStrictEqual([
    'in',
    'in',
    refused,
  ]);
  writeFileSync(filename, 'three');
  settings.clock.advance(1000);
  expect([await ask('Bearer three'), await ask('Bearer one')]).toStrictEqual(['in', refused]);
  rmSync(filename);
  settings.clock.advance(1000);
  expect(await ask('Bearer three')).toBe('in');
});

test('with retry_on_failure, refuses requests until the file exists', async () => {
  vi.useFakeTimers();
  const filename = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'token');
  const { ask } = await started({ filename, retry_on_failure: { enabled: true, interval: '5s' } });
  expect(await ask('Bearer one')).toBe(refused);
  expect(reported.map(String)).toEqual([`Error: token file ${filename} is not readable yet`]);
  writeFileSync(filename, 'one');
  await vi.advanceTimersByTimeAsync(5000);
  expect(await ask('Bearer one')).toBe('in');
  expect(reported.at(-1)).toBeUndefined();
});

test('reports the component as failed after the last attempt', async () => {
  vi.useFakeTimers();
  const retry = { enabled: true, interval: '1s', max_retries: 2 };
  const { settings } = await started({ filename: '/nope', retry_on_failure: retry });
  await vi.advanceTimersByTimeAsync(2000);
  expect(String(reported.at(-1))).toBe('Error: open /nope: no such file or directory');
  expect(settings.logged.at(-1)).toContain('error failed to start token resolver');
});

test('with wait_for_token_file, startup waits for the file and fails after the last attempt', async () => {
  vi.useFakeTimers();
  const retry_on_failure = { enabled: true, interval: '1s', max_retries: 2 };
  const starting = started({ filename: '/nope', retry_on_failure, wait_for_token_file: true });
  const failure = expect(starting).rejects.toThrow('open /nope: no such file or directory');
  await vi.advanceTimersByTimeAsync(2000);
  await failure;
});

test('stops waiting for the file at shutdown', async () => {
  vi.useFakeTimers();
  const { extension } = await started({ filename: '/nope', retry_on_failure: { enabled: true, interval: '1s' } });
  await extension.shutdown();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(reported).toHaveLength(1);
});

test('rejects invalid settings', async () => {
  const problems = (raw: object) => {
    const parsed = parseConfig(bearerTokenAuthConfig, raw);
    return parsed.ok ? validateConfig(bearerTokenAuthConfig, parsed.value).map(({ message }) => message) : [];
  };
  expect(problems({})).toStrictEqual(['no bearer token provided']);
  expect(problems({ token: 'a', tokens: ['b'] })).toStrictEqual([
    'either tokens or token should be provided, not both',
  ]);
  const twice = 'retry_on_failure.interval must be greater than 0 when retry_on_failure.enabled is true';
  expect(problems({ filename: 'a', retry_on_failure: { enabled: true } })).toStrictEqual([twice, twice]);
  expect(problems({ token: 'a', retry_on_failure: { enabled: true, interval: '1s' } })).toStrictEqual([
    'requires filename to be set',
  ]);
  expect(problems({ filename: 'a', wait_for_token_file: true })).toStrictEqual([
    'wait_for_token_file requires retry_on_failure to be enabled',
  ]);
  await expect(started({ filename: '/nope' })).rejects.toThrow('open /nope: no such file or directory');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { BearerTokenAuth } from './bearer-token-auth.ts';
import { bearerTokenAuthConfig } from './config.ts';

async function started(raw: object) {
  const parsed = parseConfig(bearerTokenAuthConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('bearertokenauth');
  const extension = new BearerTokenAuth(parsed.value, settings);
  await extension.start();
  const ask = (header: string | undefined, name = 'authorization') =>
    extension.authenticate(new Map(header === undefined ? [] : [[name, [header]]])).then(
      () => 'in',
      (error: Error) => error.message,
    );
  return { extension, settings, ask };
}

const refused = 'provided authorization does not match expected scheme or token';

test('the header must be scheme and token exactly', async () => {
  const { ask } = await started({ token: 'abc' });
  expect(await ask('Bearer abc')).toBe('in');
  for (const header of ['bearer abc', 'Bearer abd', 'Bearer  abc', 'abc', '']) expect(await ask(header)).toBe(refused);
  expect(await ask(undefined)).toBe('missing or empty authorization header: Authorization');
});

test('another header, no scheme, several tokens', async () => {
  const { ask, extension } = await started({ header: 'X-Key', scheme: '', tokens: ['a', 'b'] });
  expect([await ask('a', 'x-key'), await ask('b', 'x-key'), await ask('c', 'x-key')]).toStrictEqual([
    'in',
    'in',
    refused,
  ]);
  expect([...extension.requestHeaders()]).toStrictEqual([['X-Key', 'a']]);
});

test('a file has a token at the start of each line and is read again; what is gone stays in force', async () => {
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

test('mistakes', async () => {
  const problems = (raw: object) => {
    const parsed = parseConfig(bearerTokenAuthConfig, raw);
    return parsed.ok ? validateConfig(bearerTokenAuthConfig, parsed.value).map(({ message }) => message) : [];
  };
  expect(problems({})).toStrictEqual(['no bearer token provided']);
  expect(problems({ token: 'a', tokens: ['b'] })).toStrictEqual([
    'either tokens or token should be provided, not both',
  ]);
  await expect(started({ filename: '/nope' })).rejects.toThrow('open /nope: no such file or directory');
});

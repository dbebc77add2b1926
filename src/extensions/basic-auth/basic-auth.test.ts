import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import type { Host } from '#component/component.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import type { BasicAuthClient } from './basic-auth-client.ts';
import { basicAuthConfig } from './config.ts';
import { basicAuthFactory } from './factory.ts';

const host: Host = { extension: () => undefined, fatal: () => {} };

async function started(raw: object) {
  const parsed = parseConfig(basicAuthConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('basicauth');
  const extension = basicAuthFactory.create(parsed.value, settings);
  await extension.start(host);
  return { extension, settings };
}

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'file');
  writeFileSync(path, text);
  return path;
}

/** Returns the attributes of an accepted client, or the message of the refusal. */
async function ask(extension: unknown, header: string | undefined): Promise<string> {
  try {
    const headers = new Map(header === undefined ? [] : [['authorization', [header]] as const]);
    const attributes = await (extension as ServerAuthenticator).authenticate(headers);
    return [...attributes].join(' ');
  } catch (error) {
    return (error as Error).message;
  }
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('kinds of hashes', () => {
  test.each([
    ['plain', 'geheim', 'geheim'],
    ['SHA', '{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=', 'myPassword'],
    ['SSHA', '{SSHA}D9L1GVdFh4eHgHXQeB8pTEgIELxzYWx0', 'geheim'],
    ['bcrypt', hashSync('geheim', 4), 'geheim'],
    ['bcrypt as PHP marks it', hashSync('geheim', 4).replace('$2b$', '$2y$'), 'geheim'],
    ['MD5 of Apache', '$apr1$abcdefgh$bw9gEObk10asetVLiysIZ0', 'geheim'],
    ['MD5 of Apache, empty', '$apr1$xyz$Pix4eE3fQHxJjb6LqtyMK1', ''],
    ['MD5 of Apache, long', '$apr1$12345678$J.ERz7o.8zqFvuP24K/sy0', 'ein langes Passwort mit mehr als 16 Zeichen äöü'],
    ['SHA-256 of crypt', '$5$abcdefgh$azU9PNNJw9essBuwq5yihWY9lFXM0dF54Ph4sAxX.YB', 'geheim'],
    [
      'SHA-512 of crypt',
      '$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/',
      'geheim',
    ],
    [
      'SHA-512 of crypt with rounds',
      '$6$rounds=1234$salz$W0AdwjHaAvpfKJT2piUMx1tZcGNIcwORwcboz5p9DgJu89JFDP1Qr063UOd/0wdbMZS2xlC4OqmBzD5z392fw/',
      'ein langes Passwort',
    ],
    [
      'SHA-256 of crypt with rounds',
      '$5$rounds=1001$mehrsalz$S55O.XkVDBNcYroJGDll81RsgRZsb41CuoSTkKbVo18',
      'ein Passwort, das länger ist als ein SHA-256 mit seinen 32 Bytes',
    ],
    ['MD5 of crypt', '$1$abcdefgh$eKehL.s8tG6zTf8hBtmEF.', 'geheim'],
  ])('%s', async (_name, hash, password) => {
    const { extension } = await started({ htpasswd: { inline: `me:${hash}` } });
    const header = basic('me', password);
    const accepted = `username,me raw,${header.slice(6)}`;
    expect([await ask(extension, header), await ask(extension, header)]).toStrictEqual([accepted, accepted]);
    expect(await ask(extension, basic('me', `${password}x`))).toBe('invalid credentials');
    expect(await ask(extension, basic('you', password))).toBe('invalid credentials');
  });

  test('rejects users with an unsupported kind of hash, even with the hash itself as password', async () => {
    const hash = '$argon2id$v=19$m=65536$abc';
    const { extension, settings } = await started({ htpasswd: { inline: `me:${hash}` } });
    expect(await ask(extension, basic('me', hash))).toBe('invalid credentials');
    expect(settings.logged[0]).toMatch(/^warn Unsupported password hash; user cannot authenticate/);
  });
});

test.each([
  ['none', undefined, 'no basic auth provided'],
  ['an empty one', '', 'no basic auth provided'],
  ['another scheme', 'Bearer x', 'invalid authorization scheme prefix'],
  ['a short one', 'Basi', 'invalid authorization scheme prefix'],
  ['no base64', 'Basic !!!', 'invalid authorization format'],
  ['no colon', `Basic ${Buffer.from('me').toString('base64')}`, 'invalid authorization format'],
])('header: %s', async (_name, header, words) => {
  const { extension } = await started({ htpasswd: { inline: 'me:x' } });
  expect(await ask(extension, header)).toBe(words);
});

test('the scheme may be written in any case; passwords may have colons', async () => {
  const { extension } = await started({ htpasswd: { inline: 'me:a:b' } });
  expect(await ask(extension, basic('me', 'a:b').replace('Basic', 'BASIC'))).toMatch(/^username,me/);
});

test('inline entries take precedence over those of the file, and lines without a colon are ignored', async () => {
  const file = fileWith('me:old\nyou:two\nnonsense\n\n');
  const { extension } = await started({ htpasswd: { file, inline: 'me:new' } });
  expect(await ask(extension, basic('me', 'old'))).toBe('invalid credentials');
  expect(await ask(extension, basic('me', 'new'))).toMatch(/^username,me/);
  expect(await ask(extension, basic('you', 'two'))).toMatch(/^username,you/);
});

test('rereads the file when it changes: results of earlier checks are void, and a file that is missing changes nothing', async () => {
  const file = fileWith('me:old\nyou:two\n');
  const { extension, settings } = await started({ htpasswd: { file } });
  const accepted = async () => {
    settings.clock.advance(1000);
    const [old, fresh, other] = [basic('me', 'old'), basic('me', 'fresh'), basic('you', 'two')];
    const answers = [await ask(extension, old), await ask(extension, fresh), await ask(extension, other)];
    return answers.map((answer) => answer.startsWith('username,'));
  };
  expect(await accepted()).toStrictEqual([true, false, true]);
  writeFileSync(file, 'me:fresh\nyou:$argon2id$x\n');
  expect(await accepted()).toStrictEqual([false, true, false]);
  expect(settings.logged).toStrictEqual(['warn Unsupported password hash; user cannot authenticate {"user":"you"}']);
  rmSync(file);
  expect(await accepted()).toStrictEqual([false, true, false]);
});

test('mistakes', async () => {
  const problems = (raw: object) => {
    const parsed = parseConfig(basicAuthConfig, raw);
    return parsed.ok ? validateConfig(basicAuthConfig, parsed.value).map(({ message }) => message) : [];
  };
  expect(problems({})).toStrictEqual(['no credential source provided']);
  expect(problems({ htpasswd: { inline: 'a:b' }, client_auth: { username: 'a' } })).toStrictEqual([
    'only one of `htpasswd` or `client_auth` can be specified',
  ]);
  await expect(started({ htpasswd: {} })).rejects.toThrow('no credential source provided');
  await expect(started({ htpasswd: { file: '/nope' } })).rejects.toThrow(
    'open htpasswd file: open /nope: no such file or directory',
  );
});

test('a client sends name and password; files go before values and are read again', async () => {
  const password_file = fileWith('two\n');
  const { extension, settings } = await started({ client_auth: { username: 'me', password: 'one', password_file } });
  const sent = () => (extension as BasicAuthClient).requestHeaders().get('Authorization');
  expect(sent()).toBe(basic('me', 'two'));
  writeFileSync(password_file, 'three');
  expect(sent()).toBe(basic('me', 'two'));
  settings.clock.advance(1000);
  expect(sent()).toBe(basic('me', 'three'));
});

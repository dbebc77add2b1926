import { hashSync } from 'bcryptjs';
import { describe, expect, test, vi } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { parseConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { basicAuthConfig } from './config.ts';
import { CredentialChecks } from './credential-checks.ts';
import { basicAuthFactory } from './factory.ts';
import { FailedAttempts } from './failed-attempts.ts';

async function started(htpasswd: object) {
  const parsed = parseConfig(basicAuthConfig, { htpasswd });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('basicauth');
  const extension = basicAuthFactory.create(parsed.value, settings) as ServerAuthenticator;
  await extension.start({ extension: () => undefined, fatal: () => {} });
  return { extension, settings };
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** `accepted`, or the error's message. */
function attempt(extension: ServerAuthenticator, password: string, address = '192.0.2.1'): Promise<string> {
  const headers = new Map([['authorization', [basic('me', password)]]]);
  return extension.authenticate(headers, { address }).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

const sha512 = '$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/';

test('the result of a check that began before the passwords changed is not kept', async () => {
  const checks = new CredentialChecks({ maxFailures: 0, now: () => 0 });
  let finish!: (isAccepted: boolean) => void;
  const old = checks.accept(
    'me:x',
    'a',
    () =>
      new Promise<boolean>((resolve) => {
        finish = resolve;
      }),
  );
  checks.forget();
  finish(true);
  expect(await old).toBe(true);
  expect(await checks.accept('me:x', 'a', () => false)).toBe(false);
});

describe.each([
  ['MD5 of Apache', '$apr1$abcdefgh$bw9gEObk10asetVLiysIZ0'],
  ['SHA-512 of crypt', sha512],
  ['SHA-512 of crypt with a million rounds', sha512.replace('$6$', '$6$rounds=1000000$')],
  ['bcrypt', hashSync('geheim', 4)],
  ['bcrypt with a high cost', `$2b$16$${'a'.repeat(53)}`],
  ['plain text', 'geheim'],
])('%s', (_, hash) => {
  test('passwords of any length are refused without a hash', async () => {
    const { extension } = await started({ inline: `me:${hash}`, max_failures_per_minute: 0 });
    for (const length of [1_100, 100_000, 750_000]) {
      expect(await attempt(extension, 'x'.repeat(length))).toBe('invalid credentials');
    }
    expect(await attempt(extension, 'ü'.repeat(512))).toBe('invalid credentials');
  });
});

test.each([
  ['MD5 of Apache', '$apr1$abcdefgh$bw9gEObk10asetVLiysIZ0'],
  ['SHA-512 of crypt', sha512],
  ['bcrypt', hashSync('geheim', 4)],
])('the event loop continues while a password is checked: %s', async (_, hash) => {
  const { extension } = await started({ inline: `me:${hash}` });
  const order: string[] = [];
  const checked = attempt(extension, 'x'.repeat(900)).then((answer) => order.push(answer));
  setImmediate(() => order.push('turn'));
  await checked;
  expect(order).toEqual(['turn', 'invalid credentials']);
});

test('an address with many failures must wait, and clients that were accepted before need not', async () => {
  const { extension, settings } = await started({ inline: 'me:geheim', max_failures_per_minute: 3 });
  expect(await attempt(extension, 'geheim')).toBe('accepted');
  for (const password of ['a', 'b', 'c']) expect(await attempt(extension, password)).toBe('invalid credentials');
  expect(await attempt(extension, 'd')).toBe('too many failed authentications from this address');
  expect(await attempt(extension, 'geheim')).toBe('accepted');
  expect(await attempt(extension, 'd', '192.0.2.2')).toBe('invalid credentials');
  settings.clock.advance(60_001);
  expect(await attempt(extension, 'd2')).toBe('invalid credentials');
});

test('attempts at the same time count as failures until they are decided', async () => {
  const { extension } = await started({ inline: `me:${hashSync('geheim', 4)}`, max_failures_per_minute: 5 });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => attempt(extension, `guess ${i}`)));
  expect(answers.filter((answer) => answer === 'invalid credentials')).toHaveLength(5);
  expect(answers.filter((answer) => answer.startsWith('too many failed'))).toHaveLength(25);
});

test('many clients with the same credentials need one check', async () => {
  const { extension } = await started({ inline: `me:${hashSync('geheim', 4)}`, max_failures_per_minute: 5 });
  const answers = await Promise.all(Array.from({ length: 500 }, () => attempt(extension, 'geheim')));
  expect(new Set(answers)).toEqual(new Set(['accepted']));
});

test('limits waiting checks, regardless of their addresses', async () => {
  const checks = new CredentialChecks({ maxFailures: 5, now: () => 0 });
  const never = () => new Promise<boolean>(() => {});
  const refused: unknown[] = [];
  for (let i = 0; i < 100; i += 1)
    checks.accept(`user:${i}`, `192.0.2.${i}`, never).catch((error) => refused.push(error));
  await vi.waitFor(() => expect(refused).toHaveLength(36));
  expect(refused[0]).toBeInstanceOf(RetryableError);
  expect(refused[0]).toMatchObject({ code: 8, retryAfterSeconds: 1 });
});

test('the memory of accepted and refused credentials is bounded', async () => {
  const checks = new CredentialChecks({ maxFailures: 0, now: () => 0 });
  let hashes = 0;
  const check = () => {
    hashes += 1;
    return true;
  };
  await checks.accept('kept', '', check);
  for (let i = 0; i < 1_500; i += 1) {
    await checks.accept(`user:${i}`, '', check);
    await checks.accept('kept', '', check);
  }
  expect(hashes).toBe(1_501);
  await checks.accept('user:0', '', check);
  expect(hashes).toBe(1_502);
});

describe('addresses', () => {
  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:1:2:3', true],
    ['2001:db8:1:2::1', '2001:0db8:0001:0002::5', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::1', '::2', true],
    ['fe80::1%eth0', 'fe80::2', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s and %s are one client: %s', (first, second, isSame) => {
    const attempts = new FailedAttempts(1, () => 0);
    expect(attempts.begin(first)).toBe(0);
    attempts.end(first, false);
    expect(attempts.begin(second)).toBe(isSame ? 60 : 0);
  });

  test('their number is bounded', () => {
    const attempts = new FailedAttempts(1, () => 0);
    for (let i = 0; i < 10_001; i += 1) {
      const address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
      expect(attempts.begin(address)).toBe(0);
      attempts.end(address, false);
    }
    expect(attempts.begin('10.0.39.16')).toBe(60);
    expect(attempts.begin('10.0.0.0')).toBe(0);
  });
});

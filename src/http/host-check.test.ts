import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { foreignRequest, hostOf } from './host-check.ts';

const request = (headers: Record<string, string>, method = 'GET') =>
  ({ headers, method }) as unknown as IncomingMessage;
const isForeign = (headers: Record<string, string>, allowed: string[] = [], method = 'GET') =>
  foreignRequest(request(headers, method), new Set(allowed)) !== undefined;

describe('Host', () => {
  test.each([
    'localhost',
    'localhost:8890',
    '127.0.0.1:8890',
    '[::1]:8890',
    '10.1.2.3',
    'console.localhost:8890',
    'LOCALHOST.',
  ])('%s is answered', (host) => expect(isForeign({ host })).toBe(false));
  test.each([
    'evil.test',
    'evil.test:8890',
    'localhost.evil.test',
    '127.0.0.1.nip.test',
    '',
    'localhost:8890:1',
    'a@localhost',
  ])('%s is not answered', (host) => expect(isForeign({ host })).toBe(true));
  test('a name is answered if the user allows it', () => {
    expect(isForeign({ host: 'pitot.example:443' }, ['pitot.example'])).toBe(false);
    expect(isForeign({ ':authority': 'pitot.example' }, ['pitot.example'])).toBe(false);
    expect(isForeign({ host: 'other.example' }, ['pitot.example'])).toBe(true);
  });
});

describe('requests from pages of other origins', () => {
  const host = 'localhost:8890';
  test.each([
    [{ origin: 'http://localhost:8890' }, false],
    [{ origin: 'http://localhost:8891' }, true],
    [{ origin: 'https://evil.test' }, true],
    [{ origin: 'null' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, false],
  ])('%j is foreign: %s', (headers, expected) => {
    expect(isForeign({ host, ...headers } as Record<string, string>)).toBe(expected);
  });
  test('a form of another site is foreign, although the browser navigates', () => {
    expect(isForeign({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, [], 'POST')).toBe(true);
  });
});

test.each([
  ['localhost:1', 'localhost'],
  ['[::1]:80', '::1'],
  ['Example.COM.', 'example.com'],
])('the host of %s is %s', (authority, host) => {
  expect(hostOf(authority)).toBe(host);
});

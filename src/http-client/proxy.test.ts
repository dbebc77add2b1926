import { expect, test } from 'vitest';
import { proxyOf } from './proxy.ts';

const environment = { HTTP_PROXY: 'http://one:1', https_proxy: 'two:2' };
const of = (url: string, no = '') => proxyOf(new URL(url), { ...environment, NO_PROXY: no })?.host;

test('the scheme of the URL selects the variable', () => {
  expect(of('http://a.example')).toBe('one:1');
  expect(of('https://a.example')).toBe('two:2');
});

test('the local host is never proxied', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]'])
    expect(of(`http://${host}:4318`)).toBeUndefined();
});

test.each([
  ['*', 'a.example', false],
  ['a.example', 'a.example', false],
  ['example', 'a.example', false],
  ['b.example', 'a.example', true],
  ['.example', 'a.example', false],
  ['.a.example', 'a.example', true],
  ['*.example', 'a.example', false],
  ['a.example:80', 'a.example', false],
  ['a.example:81', 'a.example', true],
  ['10.0.0.0/8', '10.1.2.3', false],
  ['10.0.0.0/8', '11.1.2.3', true],
  ['10.1.2.3', '10.1.2.3', false],
  ['fd00::/8', '[fd00::1]', false],
  ['fd00::1', '[fd00::1]', false],
  ['x, a.example', 'a.example', false],
  ['10.0.0.0/99', '10.1.2.3', true],
])('NO_PROXY %s: %s is proxied: %s', (no, host, isProxied) => {
  expect(of(`http://${host}`, no) !== undefined).toBe(isProxied);
});

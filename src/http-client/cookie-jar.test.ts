import { expect, test } from 'vitest';
import { CookieJar } from './cookie-jar.ts';

function jarAt(now: { ms: number }) {
  const jar = new CookieJar(() => now.ms);
  const cookies = (url: string) => jar.header(new URL(url));
  const store = (url: string, ...headers: string[]) => jar.store(new URL(url), headers);
  return { cookies, store };
}

test('sends a cookie to its host, below its path, and over HTTPS if it is secure', () => {
  const { cookies, store } = jarAt({ ms: 0 });
  store('http://a.test/v1/metrics', 'route=1; Path=/v1', 'other=2; Path=/v2', 'safe=3; Path=/; Secure', 'own=4');
  expect(cookies('http://a.test/v1/metrics')).toBe('route=1; own=4');
  expect(cookies('https://a.test/v1/metrics')).toBe('route=1; safe=3; own=4');
  expect(cookies('http://a.test/v10')).toBe('');
  expect(cookies('http://b.test/v1/metrics')).toBe('');
});

test('replaces, expires, and deletes cookies', () => {
  const now = { ms: 0 };
  const { cookies, store } = jarAt(now);
  store('http://a.test/', 'a=1; Max-Age=10', 'b=1; Expires=Thu, 01 Jan 1970 00:01:00 GMT', 'c=1');
  store('http://a.test/', 'a=2; Max-Age=10', 'c=; Max-Age=0');
  expect(cookies('http://a.test/')).toBe('a=2; b=1');
  now.ms = 10_000;
  expect(cookies('http://a.test/')).toBe('b=1');
});

test.each(['a', '=1', 'a=1; Domain=b.test', 'a=1; Domain=a.test.b'])('ignores %s', (header) => {
  const { cookies, store } = jarAt({ ms: 0 });
  store('http://a.test/', header);
  expect(cookies('http://a.test/')).toBe('');
});

test('expired cookies do not use space for new ones', () => {
  const now = { ms: 0 };
  const { cookies, store } = jarAt(now);
  for (let i = 0; i < 100; i++) store('http://a.test/', `session${i}=1; Max-Age=1`);
  store('http://a.test/', 'above=the limit');
  expect(cookies('http://a.test/').split('; ').length).toBe(100);
  now.ms = 1000;
  store('http://a.test/', 'new=1');
  expect(cookies('http://a.test/')).toBe('new=1');
});

import { expect, test } from 'vitest';
import { cleanedPath } from './clean-path.ts';
import { routesOf } from './path-pattern.ts';

test('paths that the router redirects from', () => {
  const f = (target: string, want: string | undefined) => expect(cleanedPath(target)).toBe(want);
  f('/v1/metrics', undefined);
  f('/', undefined);
  f('/a/', undefined);
  f('/a?b=//c', undefined);
  f('//v1/metrics', '/v1/metrics');
  f('/v1//metrics?x=1', '/v1/metrics');
  f('/v1/./metrics', '/v1/metrics');
  f('/v1/x/../metrics', '/v1/metrics');
  f('/../../etc/passwd', '/etc/passwd');
  f('/a//', '/a/');
  f('//', '/');
  f('/a/..', '/');
  f('/.well-known', undefined);
});

test('patterns of Go’s router', () => {
  const f = (pattern: string, want: object) => expect(routesOf(pattern)).toEqual(want);
  f('/v1/metrics', { path: '/v1/metrics' });
  f('/', { path: '/*' });
  f('/x/', { path: '/x/*', redirectFrom: '/x' });
  f('/a/{name}/b', { path: '/a/:name/b' });
  f('/a/{rest...}', { path: '/a/*' });
  f('/a:b', { path: '/a::b' });
});

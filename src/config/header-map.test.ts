import { expect, test } from 'vitest';
import { headerMap } from './header-map.ts';
import { config, parseConfig, validateConfig } from './schema.ts';

const schema = config('test.Config', { headers: headerMap() });

/** Returns `name: value` of each header, or the problem. */
function headers(raw: unknown): string[] | string {
  const result = parseConfig(schema, raw === undefined ? {} : { headers: raw });
  if (!result.ok) return result.failure.message.split('\n').at(-1)!;
  const [problem] = validateConfig(schema, result.value);
  if (problem) return problem.message;
  return result.value.headers.map(({ name, value }) => `${name}: ${value}`);
}

test('a map of headers is sorted by name, and a list keeps its order', () => {
  const f = (raw: unknown, want: string[]) => expect(headers(raw)).toEqual(want);
  f(undefined, []);
  f(null, []);
  f({}, []);
  f({ b: '2', a: '1' }, ['a: 1', 'b: 2']);
  f(
    [
      { name: 'b', value: '2' },
      { name: 'a', value: '1' },
    ],
    ['b: 2', 'a: 1'],
  );
  f([{ name: 'a' }], ['a: ']);
});

test('what are no headers', () => {
  const f = (raw: unknown, want: string) => expect(headers(raw)).toBe(want);
  f('a', "'headers' source data must be an array or slice, got string");
  f({ a: 5 }, "'[a]' expected type 'configopaque.String', got unconvertible type 'int'");
  f(
    [
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
    ],
    'duplicate keys in map-style list: [a]',
  );
});

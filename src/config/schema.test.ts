import { describe, expect, test } from 'vitest';
import { ExpandedText, GoFloat } from './raw-value.ts';
import {
  anything,
  boolean,
  config,
  decodedAlone,
  duration,
  enumeration,
  float,
  integer,
  list,
  nullable,
  nullableWithDefaults,
  optional,
  optionalWithDefaults,
  parseConfig,
  reportedAs,
  secret,
  string,
  stringList,
  stringMap,
  validateConfig,
  validated,
} from './schema.ts';

const failed = 'decoding failed due to the following error(s):';

/** The decoded value of `key`, or the words after the collector's head line. */
function decode(schema: Parameters<typeof config>[1][string], ...raw: [] | [unknown]): unknown {
  const group = config('test.Config', { key: schema });
  const result = parseConfig(group, raw.length === 0 ? {} : { key: raw[0] });
  if (result.ok) return (result.value as { key: unknown }).key;
  return result.failure.message.replace(`${failed}\n\n`, '');
}

const expanded = (original: string, value: unknown) => new ExpandedText(original, value as never);
const unconvertible = (want: string, got: string) => `'key' expected type '${want}', got unconvertible type '${got}'`;

test('a key that is absent has its default, one without value the zero of its type', () => {
  const f = (schema: Parameters<typeof decode>[0], absent: unknown, zero: unknown) => {
    expect(decode(schema)).toEqual(absent);
    expect(decode(schema, null)).toEqual(zero);
    expect(decode(schema, expanded('', null))).toEqual(zero);
  };
  f(string('a'), 'a', '');
  f(secret('a'), 'a', '');
  f(boolean(true), true, false);
  f(integer(5), 5, 0);
  f(float(1.5), 1.5, 0);
  f(duration('5m'), 300_000, 0);
});

test('lists, maps and groups keep their defaults without value', () => {
  expect(decode(stringList(['a']))).toEqual(['a']);
  expect(decode(stringList(['a']), null)).toEqual(['a']);
  expect(decode(stringMap(), null)).toEqual({});
  expect(decode(config('x', { a: integer(1) }), null)).toEqual({ a: 1 });
});

test('texts', () => {
  const f = (raw: unknown, want: unknown) => expect(decode(string(), raw)).toBe(want);
  f('x', 'x');
  f(expanded('0123', 83), '0123');
  f(5, unconvertible('string', 'int'));
  f(true, unconvertible('string', 'bool'));
  f(1.5, unconvertible('string', 'float64'));
  f(new Date(), unconvertible('string', 'time.Time'));
  f([], unconvertible('string', '[]interface {}'));
  f({}, unconvertible('string', 'map[string]interface {}'));
  f(2n ** 63n, unconvertible('string', 'uint64'));
});

test('booleans', () => {
  const f = (raw: unknown, want: unknown) => expect(decode(boolean(), raw)).toBe(want);
  f(true, true);
  f(expanded('true', true), true);
  f('true', unconvertible('bool', 'string'));
  f(1, unconvertible('bool', 'int'));
});

test('numbers', () => {
  const f = (raw: unknown, want: unknown) => expect(decode(integer(), raw)).toBe(want);
  f(5, 5);
  f(1.9, 1);
  f(-1.9, -1);
  f(new GoFloat(3), 3);
  f(2n ** 53n, 2 ** 53);
  f('5', unconvertible('int', 'string'));
  expect(decode(integer(0, { goType: 'uint32' }), -1)).toBe("'key' cannot parse value as 'uint32': -1 overflows uint");
  expect(decode(float(), 5)).toBe(5);
  expect(decode(float(), 'x')).toBe(unconvertible('float64', 'string'));
});

test('durations', () => {
  const f = (raw: unknown, want: unknown) => expect(decode(duration(), raw)).toBe(want);
  f('1m30s', 90_000);
  f(5_000_000, 5);
  f(new GoFloat(1e9), 1000);
  f(expanded('5s', '5s'), 5000);
  f('5', "'key' time: missing unit in duration");
  f(true, unconvertible('time.Duration', 'bool'));
  f('never', "'key' time: invalid duration");
  expect(decode(duration('5m', { allowNever: true }), 'never')).toBe(Number.POSITIVE_INFINITY);
  expect(decode(duration('5m', { allowNever: true }), '5x')).toBe("'key' time: unknown unit");
  f('7d', "'key' time: unknown unit");
  const withDays = (raw: unknown) => decode(duration('5m', { allowDays: true }), raw);
  expect([withDays('7d'), withDays('1d12h'), withDays('90m')]).toEqual([7 * 86_400_000, 36 * 3_600_000, 90 * 60_000]);
  expect([withDays('1h7d'), withDays('d')]).toEqual(["'key' time: unknown unit", "'key' time: invalid duration"]);
});

test('one of a few texts, or its number', () => {
  const refusal = (text: string) => `unknown level "${text}"`;
  const level = enumeration({
    values: ['none', 'basic', 'normal'],
    default: 'normal',
    zero: 'basic',
    ignoreCase: true,
    refusal,
    numbered: { goType: 'test.Level', first: -1 },
  });
  const f = (raw: unknown, want: unknown) => expect(decode(level, raw)).toBe(want);
  f('NORMAL', 'normal');
  f(null, 'basic');
  f(-1, 'none');
  f(1.7, 'normal');
  f(7, `'key' unknown level "7"`);
  f('loud', `'key' unknown level "loud"`);
  f(true, unconvertible('test.Level', 'bool'));
  const plain = enumeration({ values: ['a', 'b'], default: 'a', refusal });
  expect(decode(plain, 'A')).toBe(`'key' unknown level "A"`);
  expect(decode(plain, 1)).toBe(unconvertible('string', 'int'));
});

test('lists', () => {
  const f = (raw: unknown, want: unknown) => expect(decode(stringList(), raw)).toEqual(want);
  f(['a', 'b'], ['a', 'b']);
  f('a,b', ['a', 'b']);
  f('', []);
  f(expanded('[a]', ['a']), ['a']);
  f(expanded('a,b', 'a,b'), ['a', 'b']);
  f(5, "'key' source data must be an array or slice, got int");
  f([5], "'key[0]' expected type 'string', got unconvertible type 'int'");
  expect(decode(list(integer()), 'x')).toBe("'key' source data must be an array or slice, got string");
  const nested = list(config('x', { a: integer() }));
  expect(decode(nested, [{ a: 1 }, { b: 1 }])).toBe("'key[1]' has invalid keys: b");
});

test('maps', () => {
  const f = (raw: unknown, want: unknown) => expect(decode(stringMap(), raw)).toEqual(want);
  f({ a: 'b' }, { a: 'b' });
  f({ a: 1 }, "'key[a]' expected type 'string', got unconvertible type 'int'");
  f('x', unconvertible('map[string]string', 'string'));
});

test('converts keys to camelCase, and reports unknown ones in sorted order', () => {
  const group = config('test.Config', { read_header_timeout: duration(), tls: config('x', { ca_file: string() }) });
  const result = parseConfig(group, { read_header_timeout: '1s', tls: { ca_file: 'a' } });
  expect(result).toEqual({ ok: true, value: { readHeaderTimeout: 1000, tls: { caFile: 'a' } } });
  const f = (raw: unknown, want: string) =>
    expect(parseConfig(group, raw)).toMatchObject({ ok: false, failure: { message: `${failed}\n\n${want}` } });
  f({ foo: 1, Bar: 2 }, "'test.Config' has invalid keys: Bar, foo");
  f({ tls: { b: 1, a: 2 } }, "'tls' has invalid keys: a, b");
  f({ tls: 5 }, `'tls' expected a map or struct, got "int"`);
  f('x', `'' expected a map or struct, got "string"`);
  f({ Read_Header_Timeout: '1s' }, "'test.Config' has invalid keys: Read_Header_Timeout");
});

describe('groups that may be off', () => {
  const inner = config('inner.Config', { size: integer(3) });
  test.each([
    ['optional', optional(inner), undefined, undefined, undefined],
    ['optional with defaults', optionalWithDefaults(inner), undefined, { size: 3 }, undefined],
    ['nullable', nullable(inner), undefined, undefined, "'key' has invalid keys: enabled"],
    ['nullable with defaults', nullableWithDefaults(inner), undefined, { size: 3 }, "'key' has invalid keys: enabled"],
  ] as const)('%s', (_, schema, absent, empty, disabled) => {
    expect(decode(schema)).toEqual(absent);
    expect(decode(schema, null)).toEqual(empty);
    expect(decode(schema, {})).toEqual({ size: 3 });
    expect(decode(schema, { size: 4 })).toEqual({ size: 4 });
    expect(decode(schema, { enabled: false })).toEqual(disabled);
  });

  test('enabled accepts only true and false', () => {
    expect(decode(optional(inner), { enabled: true })).toEqual({ size: 3 });
    expect(decode(optional(inner), { enabled: 'no' })).toBe(
      "'key' unexpected type string for 'enabled': got 'no' value expected 'true' or 'false'",
    );
  });

  test('a group reports its own problems', () => {
    expect(decode(optional(inner), { foo: 1 })).toBe(`'key' ${failed}\n\n'inner.Config' has invalid keys: foo`);
    expect(decode(decodedAlone(inner), { size: 'x' })).toBe(
      `'key' ${failed}\n\n'size' expected type 'int', got unconvertible type 'string'`,
    );
    expect(decode(nullable(inner), { size: 'x' })).toBe(
      "'key.size' expected type 'int', got unconvertible type 'string'",
    );
  });
});

test('every problem has a path, including keys of a group that reports its own', () => {
  const schema = config('test.Config', { http: optional(config('h', { port: integer(), names: stringList() })) });
  const result = parseConfig(schema, { http: { port: 'x', names: [1], foo: 1 }, bar: 2 });
  expect(result.ok ? [] : result.failure.sources.map(({ path, message }) => [path.join('.'), message])).toEqual([
    ['http.port', "expected type 'int', got unconvertible type 'string'"],
    ['http.names.0', "expected type 'string', got unconvertible type 'int'"],
    ['http.foo', 'unknown key'],
    ['bar', 'unknown key'],
  ]);
});

test('anything keeps the kinds that it has in YAML', () => {
  const raw = { a: [expanded('08', 8), new GoFloat(1), null, 'x'], b: expanded('[c]', ['c']) };
  expect(decode(anything(), raw)).toEqual({ a: [8, new GoFloat(1), null, 'x'], b: ['c'] });
});

test('checks run after everything was decoded, each with the path of its key', () => {
  const port = validated(integer(), (value) => (value < 0 ? 'must not be negative' : undefined));
  const server = validated(config('s', { port, name: string() }), ({ name }) =>
    name === '' ? { path: 'name', message: 'must not be empty' } : undefined,
  );
  const schema = config('test.Config', {
    servers: list(server),
    tls: reportedAs('server::tls', optional(validated(config('t', { key: string() }), () => ['one', 'two']))),
  });
  const result = parseConfig(schema, { servers: [{ port: 1, name: 'a' }, { port: -1 }], tls: { key: 'x' } });
  expect(result.ok && validateConfig(schema, result.value)).toMatchObject([
    { path: 'servers::1::name', message: 'must not be empty' },
    { path: 'servers::1::port', message: 'must not be negative' },
    { path: 'server::tls', message: 'one\ntwo' },
  ]);
  const absent = parseConfig(schema, {});
  expect(absent.ok && validateConfig(schema, absent.value)).toEqual([]);
});

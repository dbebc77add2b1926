import { expect, test } from 'vitest';
import { OttlError } from '../ottl-error.ts';
import { fixedZone } from '../time-zones.ts';
import type { OttlValue } from '../value.ts';
import { goSprintf } from './go-sprintf.ts';

const f = (format: string, values: OttlValue[], text: string) => expect(goSprintf(format, values), format).toBe(text);
const list = (...values: (string | bigint | number)[]): OttlValue => ({ kind: 'array', values });

/* Further cases with the Collector's answers are in ../testdata/collector-conditions.json. */
test('values of each kind with their verbs', () => {
  f('%s|%q|%x|%v', ['a"', 'a"', 'hé', 'é'], 'a"|"a\\""|68c3a9|é');
  f('%d|%b|%o|%x|%X|%c|%v', [42n, 5n, 8n, 255n, 255n, 233n, -7n], '42|101|10|ff|FF|é|-7');
  f('%f|%.2f|%e|%g|%v', [1.5, 1.005, 12345.678, 1e21, 1e-7], '1.500000|1.00|1.234568e+04|1e+21|1e-07');
  f('%t|%v', [true, false], 'true|false');
  f('%s|%x|%v', [Uint8Array.of(104, 105), Uint8Array.of(0, 255), Uint8Array.of(1, 2)], 'hi|00ff|[1 2]');
  f('%v|%v', [list(1n, 'a', 1.5), undefined], '[1 a 1.5]|<nil>');
});

test('halves are rounded to even, as Go does it', () => {
  f('%.0f %.0f %.0f %.1f', [0.5, 1.5, 2.5, 0.25], '0 2 2 0.2');
  f('%.0e %.1e', [2.5, 1.35], '2e+00 1.4e+00');
  f('%.2g', [0.125], '0.12');
});

test('widths, flags and precisions', () => {
  f('%5d|%-5d|%05d|%+d|% d', [42n, 42n, -42n, 42n, 42n], '   42|42   |-0042|+42| 42');
  f('%8.3f|%-8.1f|%08.3f', [3.4567, 3.4567, -3.4567], '   3.457|3.5     |-003.457');
  f('%.2s|%5.1s', ['héllo', 'héllo'], 'hé|    h');
  f('%#x|%#o', [255n, 8n], '0xff|010');
  f('%f|%+g', [Number.POSITIVE_INFINITY, Number.NaN], '+Inf|NaN');
});

test('what does not fit is shown, as in Go', () => {
  f('%d', ['a'], '%!d(string=a)');
  f('%s', [1n], '%!s(int64=1)');
  f('%t %d', [1.5, undefined], '%!t(float64=1.5) %!d(<nil>)');
  f('%s %s', ['a'], 'a %!s(MISSING)');
  f('%s', ['a', 'b', 1n], 'a%!(EXTRA string=b, int64=1)');
  f('100%', [], '100%!(NOVERB)');
  f('100%%', [], '100%');
});

test('the verb applies to each element of lists and maps', () => {
  const map: OttlValue = {
    kind: 'kvlist',
    entries: [
      { key: 'b', value: 2n },
      { key: 'a', value: { kind: 'array', values: ['x', 1n] } },
    ],
  };
  f('%s|%03d|%v', [list('a', 1n), list(1n, 2n), map], '[a %!s(int64=1)]|[001 002]|map[a:[x 1] b:2]');
  f('%d|%#v', [map, map], 'map[a:[%!d(string=x) 1] b:2]|map[string]interface {}{"a":[]interface {}{"x", 1}, "b":2}');
  f('%d|%02o|%x', [Uint8Array.of(1, 255), Uint8Array.of(8), Uint8Array.of(255)], '[1 255]|[10]|ff');
});

test('a time before 1970 and a duration', () => {
  f('%v', [{ kind: 'time', nanoseconds: -1n }], '1969-12-31 23:59:59.999999999 +0000 UTC');
  f(
    '%s %d',
    [
      { kind: 'duration', nanoseconds: -1500n },
      { kind: 'duration', nanoseconds: 5n },
    ],
    '-1.5µs 5',
  );
});

test('what is not supported is an error', () => {
  const local = { kind: 'time', nanoseconds: 0n, zone: fixedZone(3_600_000) } as const;
  expect(() => goSprintf('%d', [local])).toThrow(OttlError);
  expect(() => goSprintf('%v', [{ kind: 'items', type: 'ptrace.SpanEventSlice', items: [] }])).toThrow(
    'Format cannot write a ptrace.SpanEventSlice',
  );
});

test('a width has no more than three digits, which limits the length of texts', () => {
  expect(goSprintf('%999d', [1n]).length).toBe(999);
  expect(() => goSprintf('%1000d', [1n])).toThrow(OttlError);
  expect(() => goSprintf('%*d', [1000n, 1n])).toThrow(OttlError);
  expect(() => goSprintf('%.*f', [100n, 1])).toThrow(OttlError);
});

/* Each text is the one of Go's fmt.Sprintf. */
test('types, code points, sources, indexes, and widths from arguments', () => {
  f('%T %T %T %T', ['a', 1n, 1.5, true], 'string int64 float64 bool');
  f('%U %#U %U', [65n, 233n, 128512n], "U+0041 U+00E9 'é' U+1F600");
  f('%p %z', [1n, 'a'], '%!p(int64=1) %!z(string=a)');
  f('%#v %#v %#v %#v', ['a"b', 42n, 1.5, true], '"a\\"b" 42 1.5 true');
  f('%#v', [undefined], '<nil>');
  f('%[2]d %[1]s', ['a', 7n], '7 a');
  f('%[2]d|%d', [1n, 2n], '2|%!d(MISSING)');
  f('%[1]s %[1]q', ['a'], 'a "a"');
  f('%[3]d', [1n], '%!d(BADINDEX)');
  f('%[x]d', [1n], '%!d(BADINDEX)');
  f('%*d|%-*d|', [5n, 42n, 4n, 7n], '   42|7   |');
  f('%.*f', [2n, 3.1459], '3.15');
  f('%*d', ['a', 1n], '%!(BADWIDTH)1');
  f('%[2]*[1]d', [12n, 5n], '   12');
  f('%O', [8n], '0o10');
  f('%#v', [Uint8Array.of(1, 255)], '[]byte{0x1, 0xff}');
});

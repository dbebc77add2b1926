import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run } from '../../../test/support/ottl.ts';
import { attributes, span } from '../../../test/support/pdata.ts';

interface Matches {
  readonly samples: readonly string[];
  /** Matches of each pattern in each sample, by the library of the Collector (go-grok v0.3.1). */
  readonly matches: Readonly<Record<string, readonly string[]>>;
}
const file = new URL('testdata/grok-matches.json', import.meta.url);
const { samples, matches }: Matches = JSON.parse(readFileSync(file, 'utf8'));

function extracted(sample: string, args: string) {
  const item = { span: span({ attributes: attributes({ sample }) }) };
  const result = run('span', item, `set(attributes["x"], ExtractGrokPatterns(attributes["sample"], ${args}))`);
  const [, x] = result.span.attributes.entries;
  const found = x!.value as { entries: readonly { key: string; value: unknown }[] };
  return Object.fromEntries(found.entries.map(({ key, value }) => [key, value]));
}

test.each(Object.entries(matches))('%s matches the same as in the Collector', (name, expected) => {
  expect(samples.map((sample) => extracted(sample, `"%{${name}:whole}", true`).whole ?? '')).toEqual(expected);
});

test('a line of an access log', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326';
  expect(extracted(line, '"%{COMMONAPACHELOG}", true')).toEqual({
    'source.address': '127.0.0.1',
    'user.name': 'frank',
    timestamp: '10/Oct/2000:13:55:36 -0700',
    'http.request.method': 'GET',
    'url.original': '/a.gif',
    'http.version': '1.0',
    'http.response.status_code': 200n,
    'http.response.body.bytes': 2326n,
  });
});

test('groups that the pattern names, types, and own definitions', () => {
  expect(extracted('a=5 b=x', '"a=(?P<a>\\\\d) b=%{LETTER:b.c}", true, ["LETTER=[a-z]"]')).toEqual({
    a: '5',
    'b.c': 'x',
  });
  expect(extracted('yes=true', '"yes=%{BOOL:flag:bool}", true')).toEqual({ flag: true });
  expect(() => extracted('5', '"%{INT:n:color}", true')).toThrow('invalid type for n: type not specified');
  expect(() => extracted('x', '"%{WORD:n:int}", true')).toThrow('strconv.ParseInt: parsing "x": invalid syntax');
});

test('definitions that refer to themselves, or grow without end, are refused', () => {
  expect(() => extracted('x', '"%{A}", true, ["A=%{A}"]')).toThrow('the grok pattern refers to itself, or is too long');
  const doubling = Array.from({ length: 40 }, (_, i) => `"P${i}=%{P${i + 1}}%{P${i + 1}}"`);
  expect(() => extracted('x', `"%{P0}", false, [${doubling.join(', ')}, "P40=x"]`)).toThrow('too long');
});

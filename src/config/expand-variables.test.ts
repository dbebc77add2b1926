// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the configuration language
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandVariables } from './expand-variables.ts';
import type { Notice } from './providers.ts';
import { ExpandedText, GoFloat, type RawValue } from './raw-value.ts';

const environment = {
  A: 'aa',
  B: 'bb',
  EMPTY: '',
  NUMBER: '010',
  FLOAT: '1.0',
  YES: 'true',
  NULL: 'null',
  LIST: '[a, b]',
  MAP: '{a: 1}',
  NAME: 'A',
  OUTER: '${env:A}!',
  SELF: 'x${env:SELF}',
  DOLLARS: 'a$$b',
  COLON: 'a: b: c',
  PADDED: '  x  ',
};

async function expand(value: RawValue): Promise<{ value: RawValue; notices: Notice[] }> {
  const notices: Notice[] = [];
  return { value: await expandVariables(value, { environment, notice: (one) => notices.push(one) }), notices };
}

/** A value that came out of a reference; one that is a text is only that. */
const whole = (original: string, value: RawValue) =>
  typeof value === 'string' ? value : new ExpandedText(original, value);

test('a reference that is the whole value has a text and a typed value', async () => {
  const f = async (text: string, want: RawValue) => expect((await expand(text)).value).toEqual(want);
  await f('${env:A}', whole('aa', 'aa'));
  await f('${A}', whole('aa', 'aa'));
  await f('${env:NUMBER}', whole('010', 8));
  await f('${env:FLOAT}', whole('1.0', new GoFloat(1)));
  await f('${env:YES}', whole('true', true));
  await f('${env:NULL}', whole('null', null));
  await f('${env:EMPTY}', whole('', null));
  await f('${env:NOPE}', whole('', null));
  await f('${env:NOPE:-5s}', whole('5s', '5s'));
  await f('${env:EMPTY:-5s}', whole('', null));
  await f('${env:NOPE:-}', '');
  await f('${env:LIST}', whole('[a, b]', ['a', 'b']));
  await f('${env:MAP}', whole('{a: 1}', { a: 1 }));
  await f('${env:COLON}', whole('a: b: c', 'a: b: c'));
  await f('${env:PADDED}', whole('  x  ', '  x  '));
  await f('${yaml:[1, 2]}', whole('[1, 2]', [1, 2]));
});

test('a reference inside a text is replaced by the text behind it', async () => {
  const f = async (text: string, want: string) => expect((await expand(text)).value).toBe(want);
  await f('x${env:A}y${B}z', 'xaaybbz');
  await f('a${env:NUMBER}', 'a010');
  await f('${env:NOPE}:4317', ':4317');
  await f('${env:A}${env:A}', 'aaaa');
  await f('a${env:MAP}', 'a{a: 1}');
  await f('x${env:OUTER}', 'xaa!');
});

test('expands the innermost reference first', async () => {
  const f = async (text: string, want: string) => {
    const { value } = await expand(text);
    expect(value instanceof ExpandedText ? value.original : value).toBe(want);
  };
  await f('${env:NOPE:-${env:A}}', 'aa');
  await f('${env:NOPE:-${env:NEITHER:-x}}', 'x');
  await f('${env:${env:NAME}}', 'aa');
  await f('${env:B:-${env:A}}', 'bb');
});

test('dollars', async () => {
  const f = async (text: string, want: RawValue) => expect((await expand(text)).value).toEqual(want);
  await f('$$', '$');
  await f('$A', '$A');
  await f('${', '${');
  await f('a}b', 'a}b');
  await f('$${A}', '${A}');
  await f('$$${A}', '$aa');
  await f('$$$${A}', '$${A}');
  await f('$$5', '$5');
  // Same as in the Collector: after an escaped reference, later ones are not expanded.
  await f('$${A} ${B}', '${A} bb');
  await f('$${a}-${B}', '${a}-bb');
  await f('$${B} ${B}', '$bb bb');
  await f('$${x}${B}$${y}${B}', '${x}bb${y}bb');
  await f('${B} $${A}', 'bb ${A}');
  await f('${env:DOLLARS}', whole('a$b', 'a$b'));
});

test('values in maps and lists are expanded, keys never', async () => {
  const { value } = await expand({ '${env:A}': ['${env:B}', { c: 'x${A}' }, 5, null, true, Number.NaN] });
  expect(value).toEqual({ '${env:A}': [whole('bb', 'bb'), { c: 'xaa' }, 5, null, true, Number.NaN] });
});

test('files', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'part.yaml');
  writeFileSync(file, 'a: ${env:A}\n');
  expect((await expand(`\${file:${file}}`)).value).toEqual(whole('a: aa\n', { a: whole('aa', 'aa') }));
});

describe('what can’t be expanded', () => {
  test.each([
    ['${env:1X}', 'environment variable "1X" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$'],
    ['${foo:x}', 'scheme "foo" is not supported for uri "foo:x"'],
    ['${env:A$$B}', `the uri "env:A$$B" contains unsupported characters ('$')`],
    ['${env:SELF}', 'too many recursive expansions'],
    [
      '${file:/nonexistent/x}',
      'unable to read the file file:/nonexistent/x: open /nonexistent/x: no such file or directory',
    ],
    ['${:x}', 'invalid uri: ":x"'],
  ])('%s', async (text, message) => {
    await expect(expand(text)).rejects.toThrow(message);
  });
});

test('unset and empty variables are noticed by name', async () => {
  const { notices } = await expand(['${env:NOPE}', '${env:EMPTY}', '${env:NOPE:-x}', '${env:A}']);
  expect(notices).toEqual([
    { level: 'warn', message: 'Configuration references unset environment variable', fields: { name: 'NOPE' } },
    { level: 'info', message: 'Configuration references empty environment variable', fields: { name: 'EMPTY' } },
  ]);
});

test('refuses a text that doubles with every reference', async () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`D${i}`, i === 0 ? 'x'.repeat(16) : `\${env:D${i - 1}}\${env:D${i - 1}}`]),
  );
  const context = { environment: doubling, notice: () => undefined };
  await expect(expandVariables('a${env:D39}', context)).rejects.toThrow('too many recursive expansions');
});

test('does not change texts without references, except for dollar signs', async () => {
  const pieces = fc.constantFrom('a', ' ', '$', '$$', '{', '}', 'env:', ':-', 'A');
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
      const text = parts.join('');
      fc.pre(!text.includes('${'));
      expect((await expand(text)).value).toBe(text.replaceAll('$$', () => '$'));
    }),
  );
});

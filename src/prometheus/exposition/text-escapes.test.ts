import { expect, test } from 'vitest';
import { escapeQuoted } from './text-escapes.ts';

test('escapes quotes, backslashes, and newlines, and nothing else', () => {
  expect(escapeQuoted('a"b\\c\nd\te\xff')).toBe('a\\"b\\\\c\\nd\te\xff');
});

test('a long text is escaped like its parts', () => {
  const parts = ['"', '\\', '\n', 'plain', '\xe6\xb8\xa9', '\\"', '\0', '\xff'];
  const all = Array.from({ length: 2_000 }, (_, i) => parts[(i * 7) % parts.length]!);
  expect(escapeQuoted(all.join(''))).toBe(all.map(escapeQuoted).join(''));
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/accumulation.md'), 'utf8');
const [, table = ''] = page.split('\n## Tests\n');
const listed = [...table.matchAll(/`([^`]+\.test\.ts)`: ([^|`]+)/g)].flatMap(([, file, names]) =>
  names!
    .replace(/;\s*$/, '')
    .split('; ')
    .map((name) => [file!, name.trim()] as const),
);

test('docs/accumulation.md lists tests', () => {
  expect(listed.length).toBeGreaterThan(30);
});

test.each(listed)('%s has the test “%s” that docs/accumulation.md names', (file, name) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(name);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dropReasons } from './drop-reasons.ts';

const page = readFileSync(new URL('../../../../docs/troubleshooting.md', import.meta.url), 'utf8');

/** Rows of the table of reasons: reason → cells. */
function documented(): Map<string, readonly [cause: string, action: string]> {
  const section = page.slice(page.indexOf('\n## Data points are dropped'));
  const rows = section.slice(0, section.indexOf('\n## ', 1)).matchAll(/^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$/gm);
  const plain = (cell: string) =>
    cell
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll('`', '')
      .replaceAll("'", '’');
  return new Map(
    [...rows].flatMap(([, reasons, cause, action]) =>
      [...reasons!.matchAll(/`([^`]+)`/g)].map((match) => [match[1]!, [plain(cause!), plain(action!)]] as const),
    ),
  );
}

test('reasons have the words of docs/troubleshooting.md', () => {
  const texts = Object.entries(dropReasons).map(([reason, { cause, action }]) => [reason, [cause, action]]);
  expect(Object.fromEntries(texts)).toEqual(Object.fromEntries(documented()));
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/* The table of limits in docs/security.md has the settings and defaults of the configuration reference, which is generated from the schemas. */

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

function cells(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
}

/** Default values by component and setting. */
function defaultsOfReference(): Map<string, string> {
  const defaults = new Map<string, string>();
  let component = '';
  for (const line of read('docs/configuration.md').split('\n')) {
    const heading = /^##+ (.*)$/.exec(line)?.[1];
    if (heading !== undefined) component = heading.replaceAll('`', '');
    if (!line.startsWith('| `')) continue;
    const [setting, , value] = cells(line);
    defaults.set(`${component} ${setting}`, value ?? '');
  }
  return defaults;
}

const [, table = ''] = read('docs/security.md').split('## Limits\n');
const rows = table
  .split('\n## ')[0]!
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('`'))
  .map(cells);
const reference = defaultsOfReference();

test('the table has rows', () => expect(rows.length).toBeGreaterThan(15));

test.each(rows)('%s: component %s, setting %s, default %s', (_limit, component, setting, value) => {
  expect(reference.get(`${component} ${setting}`)).toBe(value);
});

test('every setting that limits what clients can send has a row', () => {
  const isLimit =
    /^otlp limits\.|^(?:basicauth|pprof|prometheus|HTTP servers) (?!remote_write\.(?!max_pending)).*\bmax_(?!age|size|version)/;
  const missing = [...reference.keys()].filter(
    (key) => isLimit.test(key) && !rows.some(([, component, setting]) => `${component} ${setting}` === key),
  );
  expect(missing).toEqual([]);
});

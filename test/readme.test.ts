import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { buildInfoFor } from '../src/build-info.ts';
import { interpret } from '../src/cli/commands.ts';
import { codeBlocks } from './install/code-blocks.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('README.md has at most 150 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

test('the settings with which README.md enables accumulation are valid in a complete configuration', async () => {
  const [block] = codeBlocks(join(root, 'README.md'), 'Enable accumulation');
  const settings = parse(block!.text);
  expect(settings.exporters.prometheus.classic_buckets).toEqual(expect.arrayContaining([1000]));
  const folder = mkdtempSync(join(tmpdir(), 'pitot-readme-'));
  settings.extensions.file_storage.directory = folder;
  settings.service.pipelines = { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } };
  const file = join(folder, 'config.yaml');
  writeFileSync(file, stringify({ receivers: { otlp: { protocols: { http: {} } } }, ...settings }));
  const args = ['validate', `--config=${file}`];
  await expect(interpret({ args, build: buildInfoFor('pitot'), environment: {} })).resolves.toMatchObject({
    print: '',
  });
});

test('messages and comments that name a section of a page name it as it is called', () => {
  const files = globSync(
    ['src/**/*.ts', 'helm/templates/**', 'helm/files/rules/*', 'helm/values.yaml', 'scripts/**/*.ts'],
    {
      cwd: root,
      withFileTypes: true,
    },
  ).filter((entry) => entry.isFile());
  const named = files.flatMap((entry) => {
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    return [...text.matchAll(/\b(docs\/[\w-]+\.md), section \\?"([^"\\]+)/g)].map((match) => [match[1]!, match[2]!]);
  });
  const wrong = named.filter(([page, section]) => !new RegExp(`^#+ (\\d+\\. )?${section}$`, 'm').test(read(page!)));
  expect(named.length).toBeGreaterThan(1);
  expect(wrong).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../src');

/** Each layer may import itself (see `isolated`) and the layers before it. */
const layers = [
  ['component', 'pdata', 'build-info.ts'],
  ['config', 'http', 'telemetry', 'ottl'],
  ['receivers', 'processors', 'exporters', 'extensions'],
  ['pipeline'],
  ['components.ts'],
  ['service', 'collector.ts'],
  ['cli', 'main.ts'],
];
/** Folders whose components must not import each other. */
const isolated = ['receivers', 'processors', 'exporters', 'extensions'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);
const layerOf = (file: string) => layers.findIndex((names) => names.includes(file.split('/')[0]!));

function imports(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
    relative(source, join(source, dirname(file), match[1]!)),
  );
}

test('every source file belongs to a layer', () => {
  expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
});

test('imports point to the same or an earlier layer', () => {
  const wrong = files.flatMap((file) =>
    imports(file)
      .filter((target) => layerOf(target) > layerOf(file))
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('components never import each other', () => {
  const component = (file: string) => file.split('/').slice(0, 2).join('/');
  const wrong = files
    .filter((file) => isolated.includes(file.split('/')[0]!))
    .flatMap((file) =>
      imports(file)
        .filter((target) => isolated.includes(target.split('/')[0]!) && component(target) !== component(file))
        .map((target) => `${file} → ${target}`),
    );
  expect(wrong).toEqual([]);
});

test('only main.ts may end the process', () => {
  const ending = files.filter(
    (file) => file !== 'main.ts' && /process\.exit\(/.test(readFileSync(join(source, file), 'utf8')),
  );
  expect(ending).toEqual([]);
});

test('every component folder has the same inside', () => {
  const folders = isolated.flatMap((kind) => {
    try {
      return readdirSync(join(source, kind), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(kind, entry.name));
    } catch {
      return [];
    }
  });
  const missing = folders.flatMap((folder) => {
    const has = new Set(readdirSync(join(source, folder)));
    return ['config.ts', 'factory.ts', 'README.md'].filter((name) => !has.has(name)).map((name) => `${folder}/${name}`);
  });
  expect(missing).toEqual([]);
});

test('no file of the product is longer than 400 lines', () => {
  const long = files.filter((file) => readFileSync(join(source, file), 'utf8').split('\n').length > 401);
  expect(long).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../src');
const components = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);
const layerOf = (file: string) => file.split('/')[0]!;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

/** Returns all static and dynamic imports of a file of `src/`. Imports that contain only types do not exist at run time. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const resolve = (specifier: string) =>
    specifier.startsWith('#') ? specifier.slice(1) : relative(source, join(source, dirname(file), specifier));
  const isType = (clause: string) =>
    /^\s*type\b(?!\s*,)/.test(clause) || /^\s*\{(\s*type\s[^,}]+,?)*\s*\}\s*$/.test(clause);
  return [
    ...[...text.matchAll(/^(?:import|export)\b([^;']*?)from\s+'([#.][^']+)'/gm)].map((match) => ({
      from: file,
      to: resolve(match[2]!),
      isType: isType(match[1]!),
    })),
    ...[...text.matchAll(/import\('([#.][^']+)'\)/g)].map((match) => ({
      from: file,
      to: resolve(match[1]!),
      isType: false,
    })),
  ];
}

const imports = files.flatMap(importsOf);
const shown = ({ from, to }: Import) => `${from} → ${to}`;

/** Returns the table "Layers" of ARCHITECTURE.md: the imports that each folder or file of `src/` can have besides itself. */
function documentedLayers(): Map<string, Set<string>> {
  const text = readFileSync(join(source, '../ARCHITECTURE.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## Layers'));
  const rows = section.slice(0, section.indexOf('\n## ', 1)).matchAll(/^\| ([^|]+) \|([^|]*)\|$/gm);
  const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!.replace(/\/$/, ''));
  const layers = new Map<string, Set<string>>();
  for (const [, layer, allowed] of rows) for (const name of names(layer!)) layers.set(name, new Set(names(allowed!)));
  return layers;
}

const layers = documentedLayers();

test('ARCHITECTURE.md names every folder and file of src/, and nothing else', () => {
  expect([...layers.keys()].sort()).toEqual(
    [...new Set(readdirSync(source))].filter((name) => !name.endsWith('.test.ts')).sort(),
  );
});

test('a layer imports only what ARCHITECTURE.md allows', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      layerOf(from) !== layerOf(to) && !to.startsWith('..') && !layers.get(layerOf(from))?.has(layerOf(to)),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test('the layers that ARCHITECTURE.md allows contain no cycle', () => {
  const order: string[] = [];
  const isPlaced = (name: string) => order.includes(name);
  for (let placed = -1; placed < order.length; ) {
    placed = order.length;
    for (const [name, allowed] of layers) if (!isPlaced(name) && [...allowed].every(isPlaced)) order.push(name);
  }
  expect([...layers.keys()].filter((name) => !isPlaced(name))).toEqual([]);
});

test('ARCHITECTURE.md allows only imports that exist', () => {
  const used = new Set(imports.map(({ from, to }) => `${layerOf(from)} → ${layerOf(to)}`));
  const unused = [...layers].flatMap(([name, allowed]) =>
    [...allowed].map((to) => `${name} → ${to}`).filter((edge) => !used.has(edge)),
  );
  expect(unused).toEqual([]);
});

test('value imports contain no cycle, not even inside a folder', () => {
  const targets = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { from, to, isType } of imports) if (!isType) targets.get(from)!.push(to);
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (finished.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test('an import that leaves its folder or component starts with #, and one inside does not', () => {
  const unit = (file: string) =>
    file
      .split('/')
      .slice(0, components.includes(layerOf(file)) ? 2 : 1)
      .join('/');
  const isInside = (a: string, b: string) => a.includes('/') && b.includes('/') && unit(a) === unit(b);
  const wrong = files.flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(/from\s+'([#.][^']+)'/g)]
      .map((match) => match[1]!)
      .filter((specifier) => {
        const target = specifier.startsWith('#')
          ? specifier.slice(1)
          : relative(source, join(source, dirname(file), specifier));
        if (target.startsWith('..') || !file.includes('/')) return false;
        return isInside(file, target) === specifier.startsWith('#');
      })
      .map((specifier) => `${file} → ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test('components never import each other', () => {
  const component = (file: string) => file.split('/').slice(0, 2).join('/');
  const wrong = imports.filter(
    ({ from, to }) =>
      components.includes(layerOf(from)) && components.includes(layerOf(to)) && component(from) !== component(to),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test('only main.ts exits the process', () => {
  const ending = files.filter(
    (file) => file !== 'main.ts' && /process\.exit\(/.test(readFileSync(join(source, file), 'utf8')),
  );
  expect(ending).toEqual([]);
});

test('every component folder contains config.ts, factory.ts, and README.md', () => {
  const folders = components
    .filter((kind) => layers.has(kind))
    .flatMap((kind) =>
      readdirSync(join(source, kind), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(kind, entry.name)),
    );
  expect(folders.length).toBeGreaterThan(0);
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

test('every exported function, class, and interface has a doc comment', () => {
  const missing = files.flatMap((file) => {
    const lines = readFileSync(join(source, file), 'utf8').split('\n');
    return lines.flatMap((line, i) => {
      const name = /^export (?:abstract |async )*(?:function\*?|class|interface) (\w+)/.exec(line)?.[1];
      return name === undefined || /\*\/$|^\/\/ biome-ignore/.test(lines[i - 1]!) ? [] : [`${file}: ${name}`];
    });
  });
  expect(missing).toEqual([]);
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  'docs/*.md',
  'docs/*/*.md',
  'helm/README.md',
  'bench/*.md',
  'src/**/README.md',
]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .sort();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const withoutBlocks = (text: string): string => text.replaceAll(/^( *)```.*?^\1```/gms, '');
const withoutCode = (text: string): string => withoutBlocks(text).replaceAll(/`[^`\n]*`/g, 'x');

/** Returns the anchors of a page: those of its headings, as GitHub creates them, and explicit ones. */
function anchors(text: string): string[] {
  const prose = withoutBlocks(text);
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...prose.matchAll(/<a id="([\w-]+)">/g)].map((match) => match[1]!)];
}

test.each(pages)('links of %s exist', (page) => {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, anchor] = link.split('#') as [string, string?];
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(read(target)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('ADRs are numbered without gaps, and their titles have the numbers of their files', () => {
  const files = globSync('docs/adr/*.md', { cwd: root }).sort();
  const numbers = files.map((file) => Number(/\/(\d{4})-/.exec(file)?.[1]));
  expect(numbers).toEqual(files.map((_, index) => index + 1));
  for (const [index, file] of files.entries()) {
    expect(read(file)).toMatch(new RegExp(`^# ${index + 1}\\. .+\\n\\nAccepted, \\d{4}-\\d{2}-\\d{2}\\.`));
    expect(read(file)).toContain('\n## Context\n');
  }
});

test('every page of docs is reachable from README.md', () => {
  const reached = new Set<string>();
  const follow = (page: string): void => {
    if (reached.has(page) || !pages.includes(page)) return;
    reached.add(page);
    for (const [, link] of withoutCode(read(page)).matchAll(/\]\(([^)#\s]+)/g)) follow(join(dirname(page), link!));
  };
  follow('README.md');
  expect(pages.filter((page) => /^docs\/(reference\/)?[^/]+$/.test(page) && !reached.has(page))).toEqual([]);
});

test.each(pages)('npm scripts that %s names exist', (page) => {
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
  const named = [...read(page).matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1]!);
  expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
});

test.each(pages)('files of this repository that commands of %s name exist', (page) => {
  const commands = [
    ...read(page).matchAll(/(?:^|[\s`(])((?:node|bash) )((?:\.ci|scripts|test|bench|deploy)\/[\w./-]+)/g),
  ];
  expect(commands.map((match) => match[2]!).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** Names of pitot's own metrics, from the source and its tests. Some are composed in the source. */
const metricNames = globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
  [...read(file).matchAll(/'(pitot_[a-z_]+)'/g)].map((match) => match[1]!),
);

test.each(pages)('metrics of pitot that %s names exist', (page) => {
  const named = [...read(page).matchAll(/\bpitot_[a-z_]*[a-z]\b/g)].map((match) => match[0]);
  // A prefix is a name in a pattern: `^pitot_receiver`.
  const exists = (name: string) => metricNames.some((metric) => metric === name || metric.startsWith(`${name}_`));
  expect(named.filter((name) => !exists(name.replace(/_bucket$/, '')))).toEqual([]);
});

/** Every file of the repository. */
const files = globSync(['**/*', '.ci/*'], {
  cwd: root,
  withFileTypes: true,
  exclude: (entry) => ['node_modules', 'dist'].includes(entry.name),
})
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));

/** Files with comments. */
const sources = files.filter(
  (file) =>
    /\.(ts|cjs|ya?ml|tpl|sh|py)$|\/NOTES\.txt$|^\.ci\/run$|^Dockerfile$/.test(file) &&
    !/\/(fixtures|testdata|golden)\//.test(file),
);

/** Paths of all files, also without leading folders, as comments name files. */
const paths = new Set(files.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(i).join('/'))));

/** Files that comments name although they are not in this repository. */
const elsewhere = new Set([
  'folder/file.ts',
  'go.yaml',
  'otel-values.yaml',
  'pitot.cjs',
  'distributions/otelcol-contrib/manifest.yaml',
  'reports/distributions/contrib.yaml',
]);

/** Returns the comments of a file. */
function comments(file: string): string[] {
  const form = /\.(ts|cjs)$/.test(file)
    ? /\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs
    : /\.(tpl|txt)$|^helm\/templates\//.test(file)
      ? /\{\{-? ?\/\*.*?\*\//gs
      : /(?<=^|\s)#[^\n]*/g;
  return [...read(file).matchAll(form)].map((match) => match[0]);
}

test('comments name only files that exist', () => {
  const name = /(?<![\w@.*<>/{…-])(?:\.{0,2}[\w-][\w.-]*\/)*[\w-][\w.-]*\.(?:md|ts|cjs|ya?ml|sh|tpl|proto)\b(?!\.\w)/g;
  const missing = sources.flatMap((file) =>
    comments(file)
      .flatMap((comment) => [...comment.matchAll(name)].map((match) => match[0].replace(/^(\.\.?\/)+/, '')))
      .filter((path) => !/^[A-Z]+\.ya?ml$/.test(path) && !paths.has(path) && !elsewhere.has(path))
      .map((path) => `${file}: ${path}`),
  );
  expect(missing).toEqual([]);
});

test('sources refer only to pages and sections that exist', () => {
  const broken = sources.flatMap((file) =>
    [...read(file).matchAll(/\b(docs\/[\w./-]+\.md)(?:#([\w-]+))?/g)]
      .filter(([, page, anchor]) => {
        return !existsSync(join(root, page!)) || (anchor !== undefined && !anchors(read(page!)).includes(anchor));
      })
      .map(([reference]) => `${file}: ${reference}`),
  );
  expect(broken).toEqual([]);
});

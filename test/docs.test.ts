import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Returns the anchors of the headings of a page, as GitHub creates them. */
function anchors(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
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

/**
 * Sets the version everywhere: package, chart, label of the image, commands in the documentation, and changelog.
 *
 *   npm run release [-- VERSION] [--date=YYYY-MM-DD] [--dry-run]
 *
 * VERSION defaults to the version that follows from the unreleased entries of the changelog. `--dry-run` prints the changed lines and
 * writes nothing. A second run for the same version adds the entries that were written in the meantime.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nextVersion, releasedChangelog } from './changelog.ts';

process.chdir(new URL('../../', import.meta.url).pathname);
const { positionals, values } = orRefuse(() =>
  parseArgs({
    allowPositionals: true,
    options: {
      date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
      'dry-run': { type: 'boolean', default: false },
    },
  }),
);

/** Files in which the version of pitot appears, and where no other program has the same one. */
const versioned = ['Dockerfile', 'README.md', 'docs/*.md', 'helm', 'test/helm/golden'];
const read = (file: string) => readFileSync(file, 'utf8');
const current: string = JSON.parse(read('package.json')).version;
const version = positionals[0] ?? nextVersion(current, read('CHANGELOG.md'));
if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) refuse(`${version} is not a version, such as 1.2.3`);
if (!/^\d{4}-\d{2}-\d{2}$/.test(values.date)) refuse(`--date=${values.date} is not a date, such as 2026-01-31`);
if (precedes(version, current)) refuse(`${version} is lower than the current version, ${current}`);
if (git('tag', '--list', `v${version}`).length > 0) refuse(`the tag v${version} exists; choose a higher version`);
const edited = orRefuse(edits);
// The command for the next step commits every changed file.
const others = uncommitted().filter((file) => file !== 'CHANGELOG.md' && !(version === current && file in edited));
const unfinished = `uncommitted changes would become a part of the release: ${others.join(', ')}; commit them first`;
if (others.length > 0 && !values['dry-run']) refuse(unfinished);

process.stdout.write(`${current} → ${version}, ${values.date}\n`);
for (const [file, text] of Object.entries(edited)) {
  const before = read(file);
  if (before === text) continue;
  process.stdout.write(`\n${file}\n${changedLines(before, text)}\n`);
  if (!values['dry-run']) writeFileSync(file, text);
}
if (others.length > 0) process.stderr.write(`\nrelease: ${unfinished}\n`);
process.stdout.write(
  values['dry-run']
    ? '\nDry run: nothing is written.\n'
    : `\nNext:\n  npm run check\n  git commit -am 'release: ${version}'\n  git tag v${version}\n  git push --atomic origin main v${version}\n`,
);

/** Prints why there is no release, and exits with status 1. */
function refuse(reason: string): never {
  process.stderr.write(`release: ${reason}\n`);
  process.exit(1);
}

/** Returns what `action` returns, or refuses with the message of its error. */
function orRefuse<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    refuse((error as Error).message);
  }
}

/** The lines that git prints. */
function git(...args: string[]): string[] {
  return execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** Known files that differ from the last commit. */
function uncommitted(): string[] {
  return git('status', '--porcelain', '--untracked-files=no', '--no-renames').map((line) => line.slice(3));
}

/** Whether the numbers of a version are lower than those of another one. */
function precedes(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split('-')[0]!.split('.').map(Number));
  const different = [0, 1, 2].find((part) => a![part] !== b![part]);
  return different !== undefined && a![different]! < b![different]!;
}

/** The new text of each file. */
function edits(): Record<string, string> {
  const texts: Record<string, string> = {
    'package.json': read('package.json').replace(/^ {2}"version": ".*"/m, `  "version": "${version}"`),
    'package-lock.json': lockText(),
    'CHANGELOG.md': releasedChangelog(read('CHANGELOG.md'), version, values.date),
  };
  const token = new RegExp(`(?<![\\d.])${current.replaceAll('.', '\\.')}(?!\\.?\\d)`, 'g');
  for (const file of git('ls-files', '--', ...versioned)) texts[file] = read(file).replace(token, version);
  return texts;
}

function lockText(): string {
  const lock = JSON.parse(read('package-lock.json'));
  lock.version = version;
  lock.packages[''].version = version;
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/** The lines that only one of two texts has, as in a diff. */
function changedLines(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const only = (lines: string[], others: string[], sign: string) => {
    const known = new Set(others);
    return lines.filter((line) => line !== '' && !known.has(line)).map((line) => `${sign} ${line}`);
  };
  return [...only(old, now, '-'), ...only(now, old, '+')].join('\n');
}

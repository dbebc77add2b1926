import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { nextVersion, releasedChangelog } from '../scripts/release/changelog.ts';
import { builtinConfig } from '../src/cli/builtin-config.ts';

const root = new URL('../', import.meta.url);
const text = (file: string) => readFileSync(new URL(file, root), 'utf8');
const json = (file: string) => JSON.parse(text(file));
const manifest = json('package.json');

test('the npm package installs no other package: the bundle contains them', () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.optionalDependencies).toBeUndefined();
});

test('the Node.js of the checkout has one version', () => {
  const version = text('.node-version').trim();
  const { version: own, optionalDependencies: platforms } = json('packaging/node/package.json');
  expect(new Set([own, ...Object.values(platforms)])).toEqual(new Set([version]));
});

test('no package may run a script when it is installed unless package.json allows it', () => {
  const lock: Record<string, { hasInstallScript?: true }> = json('package-lock.json').packages;
  const withScript = Object.entries(lock).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? path.replace(/^.*node_modules\//, '') : [],
  );
  expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(withScript)].sort());
  expect(Object.values(manifest.allowScripts)).not.toContain(true);
  expect(text('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
});

test('the configuration of the Debian package is the built-in one, with totals in a directory that must be writable', () => {
  const expected = parse(builtinConfig('unused'));
  expected.extensions.file_storage = { directory: '/var/lib/pitot', create_directory: true };
  expect(parse(text('packaging/deb/config.yaml'))).toEqual(expected);
});

test('package, chart, and image have one version', () => {
  const { version } = manifest;
  const lock = json('package-lock.json');
  const chart = parse(text('helm/Chart.yaml'));
  expect([lock.version, lock.packages[''].version, chart.version, chart.appVersion]).toEqual(Array(4).fill(version));
  expect(text('Dockerfile')).toMatch(`\nARG VERSION=${version}\n`);
  const [, rendered] = /app\.kubernetes\.io\/version: "?([^"\n]+)/.exec(text('test/helm/golden/pitot-defaults.yaml'))!;
  expect(rendered).toBe(version);
});

const changelog =
  '# Changelog\n\nText.\n\n## Unreleased\n\n- [FEATURE] b.\n- [BUGFIX] a.\n\n## 0.1.0 (2026-01-02)\n\n- [FEATURE] c.\n';

test('a release adds a version and a date to the unreleased entries', () => {
  const released = releasedChangelog(changelog, '0.2.0', '2026-03-04');
  expect(released).toBe(changelog.replace('Unreleased', '0.2.0 (2026-03-04)'));
  expect(() => releasedChangelog(released, '0.3.0', '2026-03-05')).toThrow('no entry for 0.3.0');
});

test('a second release of a version adds the entries that were written in the meantime', () => {
  const later = changelog.replace('[FEATURE] c', '[FEATURE] x').replace('0.1.0', '0.2.0');
  expect(releasedChangelog(later, '0.2.0', '2026-03-05')).toBe(
    '# Changelog\n\nText.\n\n## 0.2.0 (2026-03-05)\n\n- [FEATURE] b.\n- [BUGFIX] a.\n- [FEATURE] x.\n',
  );
});

test.each([
  ['a feature', '- [FEATURE] a.', '0.2.0'],
  ['a change', '- [CHANGE] a.', '0.2.0'],
  ['corrections only', '- [BUGFIX] a.\n- [PERF] b.', '0.1.4'],
  ['nothing', '', '0.1.3'],
])('the next version after %s', (_, entries, expected) => {
  expect(nextVersion('0.1.3', `# Changelog\n\n## Unreleased\n\n${entries}\n`)).toBe(expected);
});

test.each([
  [['0.2.0', '--dry-run'], 'release: CHANGELOG.md has no entry for 0.2.0; add one under "## Unreleased"\n'],
  [['0.0.9'], 'release: 0.0.9 is lower than the current version, 0.1.0\n'],
  [['0.1.1'], 'release: the tag v0.1.1 exists; choose a higher version\n'],
  [['0.1.0'], 'release: uncommitted changes would become a part of the release: work.txt; commit them first\n'],
  [['2', '--dry-run'], 'release: 2 is not a version, such as 1.2.3\n'],
  [['0.1.0', '--date=tomorrow'], 'release: --date=tomorrow is not a date, such as 2026-01-31\n'],
  [['--dryrun'], expect.stringMatching(/^release: Unknown option '--dryrun'.*\n$/)],
])('the release of %j is refused in one line', (args, expected) => {
  const checkout = mkdtempSync(join(tmpdir(), 'pitot-release-'));
  cpSync(new URL('scripts/release', root), join(checkout, 'scripts/release'), { recursive: true });
  const write = (file: string, content: string) => writeFileSync(join(checkout, file), content);
  write('package.json', '{\n  "type": "module",\n  "version": "0.1.0"\n}\n');
  write('package-lock.json', '{"version": "0.1.0", "packages": {"": {"version": "0.1.0"}}}');
  write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-01-02)\n\n- [FEATURE] c.\n');
  write('work.txt', 'finished\n');
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example', '-c', 'commit.gpgsign=false'];
  for (const command of ['init -q', 'add .', 'commit -qm all', 'tag v0.1.1'])
    spawnSync('git', [...author, ...command.split(' ')], { cwd: checkout });
  write('work.txt', 'unfinished\n');
  const script = join(checkout, 'scripts/release/release.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([1, '', expected]);
});

test('the image is built with every folder that the bundle includes', () => {
  const sent = text('.dockerignore').split('\n');
  for (const folder of ['src', 'console', 'proto', 'scripts', 'packaging/node']) expect(sent).toContain(`!${folder}`);
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

test('the formula and the manifests name the files of the release with their hashes', () => {
  const { version } = packageJson;
  const folder = mkdtempSync(join(tmpdir(), 'pitot-manifests-'));
  writeFileSync(join(folder, `pitot-${version}.tgz`), 'package');
  writeFileSync(join(folder, `pitot-${version}-win-x64.exe`), 'executable');
  const script = join(import.meta.dirname, '../../scripts/release/manifests.ts');
  const args = ['--repository=some/where', `--artifacts=${folder}`, `--out=${folder}`, '--date=2026-01-02'];
  execFileSync(process.execPath, [script, ...args]);

  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const hash = (content: string) => createHash('sha256').update(content).digest('hex');
  const downloads = `https://github.com/some/where/releases/download/v${version}`;
  const formula = read('homebrew/pitot.rb');
  expect(formula).toContain(`url "${downloads}/pitot-${version}.tgz"\n  sha256 "${hash('package')}"\n`);
  expect(parse(read('winget/some.pitot.installer.yaml'))).toMatchObject({
    PackageIdentifier: 'some.pitot',
    PackageVersion: version,
    ReleaseDate: '2026-01-02',
    Installers: [
      {
        InstallerUrl: `${downloads}/pitot-${version}-win-x64.exe`,
        InstallerSha256: hash('executable').toUpperCase(),
      },
    ],
  });
  const texts = [formula, read('winget/some.pitot.yaml'), read('winget/some.pitot.locale.en-US.yaml')];
  expect(texts.join('\n')).not.toMatch(/@[A-Z0-9_]+@/);
});

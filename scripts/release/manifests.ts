/**
 * Writes the Homebrew formula and the winget manifests of a release:
 *
 *   node scripts/release/manifests.ts --repository=OWNER/NAME --artifacts=FOLDER --out=FOLDER [--date=YYYY-MM-DD]
 *
 * The artifacts are pitot-VERSION.tgz (npm pack) and pitot-VERSION-win-x64.exe (npm run executable -- --target=win-x64).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };

const { values } = parseArgs({
  options: {
    repository: { type: 'string', default: '' },
    artifacts: { type: 'string', default: 'release' },
    out: { type: 'string', default: 'release' },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
});
const [, owner] = values.repository.match(/^([\w.-]+)\/[\w.-]+$/) ?? [];
if (owner === undefined) throw new Error('--repository is missing; use, for example, --repository=owner/name');

const { version } = packageJson;
const sha256 = (name: string) =>
  createHash('sha256')
    .update(readFileSync(join(values.artifacts, name)))
    .digest('hex');
const replacements: Readonly<Record<string, string>> = {
  OWNER: owner,
  REPOSITORY: values.repository,
  VERSION: version,
  DATE: values.date,
  SHA256_TGZ: sha256(`pitot-${version}.tgz`),
  SHA256_EXE: sha256(`pitot-${version}-win-x64.exe`).toUpperCase(),
};

for (const kind of ['homebrew', 'winget']) {
  const folder = new URL(`../../packaging/${kind}/`, import.meta.url);
  mkdirSync(join(values.out, kind), { recursive: true });
  for (const file of readdirSync(folder)) {
    const text = readFileSync(new URL(file, folder), 'utf8')
      .replace(/^# Formula of pitot\. .*\n/, '')
      .replace(/@([A-Z0-9_]+)@/g, (_, name) => replacements[name] ?? fail(`${file}: ${name} has no value`));
    writeFileSync(join(values.out, kind, file.replace('OWNER', owner)), text);
  }
}

function fail(message: string): never {
  throw new Error(message);
}

/**
 * Packages the chart for a release: the package names the repository of the release's image, so that it installs without further values.
 *
 *   node scripts/package-chart.ts --repository registry.example/pitot [--helm helm] [--destination .]
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    repository: { type: 'string' },
    helm: { type: 'string', default: 'helm' },
    destination: { type: 'string', default: '.' },
  },
});
if (!/^[\w.-]+(:\d+)?\/[\w./-]+$/.test(values.repository ?? '')) {
  throw new Error('--repository is missing or has no registry; use, for example, --repository registry.example/pitot');
}

const copy = mkdtempSync(join(tmpdir(), 'pitot-chart-'));
try {
  cpSync(new URL('../helm', import.meta.url), copy, { recursive: true });
  const file = join(copy, 'values.yaml');
  const empty = /(\n {2}override:\n(?: {4}#.*\n)* {4}repository: )""/;
  const text = readFileSync(file, 'utf8');
  if (!empty.test(text)) throw new Error('values.yaml: image.override.repository is not empty');
  writeFileSync(file, text.replace(empty, `$1${values.repository}`));
  execFileSync(values.helm, ['package', copy, '--destination', values.destination], { stdio: 'inherit' });
} finally {
  rmSync(copy, { recursive: true, force: true });
}

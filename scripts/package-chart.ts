/**
 * Packages the chart for a release: the package names the repository of the release's image, so that it installs without further values,
 * and the published page of the alerts, so that the links of alerts work.
 *
 *   node scripts/package-chart.ts --repository registry.example/pitot [--runbooks https://…/alerts.md] [--helm helm] [--destination .]
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    repository: { type: 'string' },
    runbooks: { type: 'string', default: '' },
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
  const runbooks = '\n    runbookUrl: ""\n';
  if (!text.includes(runbooks)) throw new Error('values.yaml: prometheusRule.defaultRules.runbookUrl is not empty');
  const released = text.replace(empty, `$1${values.repository}`);
  writeFileSync(file, released.replace(runbooks, `\n    runbookUrl: ${JSON.stringify(values.runbooks)}\n`));
  execFileSync(values.helm, ['package', copy, '--destination', values.destination], { stdio: 'inherit' });
} finally {
  rmSync(copy, { recursive: true, force: true });
}

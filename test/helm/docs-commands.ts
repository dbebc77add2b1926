/**
 * Prints the documents' Helm commands as `helm template` commands, one a line, for CI to run: what a page says must at least render.
 *
 *   node test/helm/docs-commands.ts HELM
 */
import { globSync, readFileSync } from 'node:fs';

const helm = process.argv[2];
if (!helm) throw new Error('usage: docs-commands.ts HELM');
const root = new URL('../../', import.meta.url).pathname;

/** Commands of the `sh` blocks, continued lines joined. */
function commands(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap((block) =>
    block[1]!
      .replaceAll(/\\\n\s*/g, ' ')
      .trim()
      .split('\n'),
  );
}

/** The values files that a reader has are those that the chart keeps as examples. */
function asTemplate(command: string): string {
  return command
    .replace(/^helm (upgrade|install)/, `${helm} template --kube-version 1.33.0`)
    .replace(/ --install| --create-namespace/g, '')
    .replace(' --reuse-values', ' -f helm/ci/seed-values.yaml')
    .replace(/-f (otel-)?values\.yaml/, '-f helm/ci/seed-values.yaml');
}

for (const path of ['README.md', ...globSync('docs/*.md', { cwd: root }).sort()]) {
  for (const command of commands(readFileSync(root + path, 'utf8'))) {
    if (/^helm (upgrade|install) .*\.\/helm\b/.test(command)) console.log(asTemplate(command));
  }
}

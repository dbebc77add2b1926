/**
 * Prints the Helm commands of the documentation as `helm template` commands, one per line. CI runs them to check that every documented
 * command renders.
 *
 *   node test/helm/docs-commands.ts HELM
 */
import { globSync, readFileSync } from 'node:fs';

const helm = process.argv[2];
if (!helm) throw new Error('usage: docs-commands.ts HELM');
const root = new URL('../../', import.meta.url).pathname;

/** Returns the commands of the `sh` blocks, also of indented ones, with continued lines joined. */
function commands(text: string): string[] {
  return [...text.matchAll(/^( *)```sh\n(.*?)^\1```/gms)].flatMap((block) =>
    block[2]!
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.trim()),
  );
}

/** Converts a command, with the chart's example values in place of the reader's values files. */
function asTemplate(command: string): string {
  return command
    .replace(/^helm (upgrade|install)/, `${helm} template --kube-version 1.33.0`)
    .replace(/ --install| --create-namespace/g, '')
    .replace(
      / --(reuse|reset-then-reuse)-values/,
      ' -f helm/ci/seed-values.yaml --set image.override.repository=registry.example/pitot',
    )
    .replace(/-f (otel-)?values\.yaml/, '-f helm/ci/seed-values.yaml');
}

for (const path of ['README.md', 'helm/README.md', ...globSync('docs/*.md', { cwd: root }).sort()]) {
  for (const command of commands(readFileSync(root + path, 'utf8'))) {
    if (/^helm (upgrade|install) .*\.\/helm\b/.test(command)) console.log(asTemplate(command));
  }
}

/**
 * Prints the Collector configuration of a rendered chart.
 *
 *   node test/helm/rendered-config.ts RENDERED.yaml
 */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const [path] = process.argv.slice(2);
if (!path) throw new Error('usage: rendered-config.ts RENDERED.yaml');
for (const document of parseAllDocuments(readFileSync(path, 'utf8'))) {
  const manifest = document.toJS();
  if (manifest?.kind === 'ConfigMap' && manifest.data.relay) process.stdout.write(manifest.data.relay);
}

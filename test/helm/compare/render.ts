import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** Values file that both charts render. */
export interface Case {
  readonly name: string;
  readonly path: string;
}

/** Kubernetes object without versions in labels and checksums, which differ between any two charts. */
// biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects of all kinds.
export type Manifest = any;

/** Result of rendering a values file: objects by `Kind/name`, or the error. */
export type Rendering = { readonly error: string } | { readonly objects: Readonly<Record<string, Manifest>> };

const fixtures = join(import.meta.dirname, '../fixtures');

/** Returns values files in the order of their names: those of the upstream chart, or realistic ones. */
export function cases(group: 'upstream' | 'real'): Case[] {
  const folder = join(fixtures, group === 'upstream' ? 'upstream/values' : 'real');
  return readdirSync(folder)
    .sort()
    .map((file) => ({ name: basename(file, '.yaml'), path: join(folder, file) }));
}

/** Renders a chart with `helm template`, as release `otel` in the namespace `re`. */
export function render(
  helm: string,
  chart: string,
  values: string,
  ...options: string[]
): Rendering & { text: string } {
  const args = ['template', 'otel', chart, '--namespace', 're', '--kube-version', '1.33.0', '--values', values];
  const { status, stdout, stderr } = spawnSync(helm, [...args, ...options], { encoding: 'utf8', maxBuffer: 64e6 });
  if (status !== 0) {
    const [, error] = /execution error at \([^)]*\):\s+(.*)/s.exec(stderr) ?? [undefined, stderr];
    return { error: error!.replace('Use --debug flag to render out invalid YAML', '').trim(), text: '' };
  }
  const objects: Record<string, Manifest> = {};
  for (const document of parseAllDocuments(stdout, { uniqueKeys: true })) {
    const [problem] = document.errors;
    if (problem) return { error: problem.message, text: stdout };
    const manifest = document.toJS();
    if (!manifest) continue;
    const key = `${manifest.kind}/${manifest.metadata.name}`;
    if (objects[key]) return { error: `${key} is rendered twice`, text: stdout };
    objects[key] = comparable(manifest);
  }
  return { objects, text: stdout };
}

function comparable(manifest: Manifest): Manifest {
  delete manifest.metadata.labels?.['helm.sh/chart'];
  delete manifest.metadata.labels?.['app.kubernetes.io/version'];
  const pod = manifest.spec?.template?.metadata;
  if (pod?.annotations) delete pod.annotations['checksum/config'];
  if (manifest.kind === 'ConfigMap' && manifest.data?.relay) manifest.data.relay = parse(manifest.data.relay);
  return manifest;
}

import type { Manifest } from './render.ts';

/** Values that differ, as JSON text. Undefined if the object or the key does not exist. */
export interface Difference {
  readonly kind: string;
  /** Path with dots. Items of a list are identified by their name. Empty for the whole object. */
  readonly path: string;
  readonly upstream: string | undefined;
  readonly ours: string | undefined;
}

/** Returns the differences between two sets of objects, in the order of kinds and paths. */
export function differences(
  upstream: Readonly<Record<string, Manifest>>,
  ours: Readonly<Record<string, Manifest>>,
): Difference[] {
  const found: Difference[] = [];
  for (const key of [...new Set([...Object.keys(upstream), ...Object.keys(ours)])].sort()) {
    const kind = key.split('/')[0]!;
    if (!upstream[key] || !ours[key]) {
      const text = (manifest: Manifest) => (manifest ? key : undefined);
      found.push({ kind, path: '', upstream: text(upstream[key]), ours: text(ours[key]) });
      continue;
    }
    const [a, b] = [leaves(upstream[key]), leaves(ours[key])];
    for (const path of [...new Set([...a.keys(), ...b.keys()])].sort()) {
      if (a.get(path) !== b.get(path)) found.push({ kind, path, upstream: a.get(path), ours: b.get(path) });
    }
  }
  return found;
}

/**
 * Returns the scalars of an object and its lists of scalars by path. Omits empty maps and lists, and `v1`, the default of fieldRef.
 */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== 'object')) {
      if (value.length > 0) found.set(path, JSON.stringify(value));
    } else value.forEach((item, index) => void leaves(item, below(itemKey(item, index)), found));
  } else if (value !== null && typeof value === 'object') {
    for (const [key, child] of Object.entries(value)) leaves(child, below(key), found);
  } else if (!path.endsWith('fieldRef.apiVersion')) found.set(path, JSON.stringify(value));
  return found;
}

function itemKey(item: Record<string, unknown> | null, index: number): string {
  const { name, mountPath, protocol, port } = item ?? {};
  if (typeof name === 'string') return name;
  if (typeof mountPath === 'string') return mountPath;
  return protocol && port ? `${protocol}-${port}` : String(index);
}

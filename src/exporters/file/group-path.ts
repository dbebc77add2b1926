import { posix } from 'node:path';

/**
 * Returns the path of a group's file: `pattern` with `segment` in place of its `*`. Same as in the Collector, the path always begins with
 * the text before the `*`, so that a client cannot choose a file in another directory.
 */
export function groupPath(pattern: string, segment: string): string {
  const [before = '', after = ''] = pattern.split('*');
  const prefix = cleanPrefix(before);
  let text = segment;
  if (text.startsWith('./')) text = text.slice(1);
  else if (text.startsWith('../')) text = text.slice(2);
  const path = clean(prefix + text + after);
  return path.startsWith(prefix) ? path : clean(`${prefix}/${posix.normalize(`/${text}${after}`)}`);
}

function cleanPrefix(prefix: string): string {
  const cleaned = clean(prefix);
  return prefix.endsWith('/') && !cleaned.endsWith('/') ? `${cleaned}/` : cleaned;
}

/** Go's `path.Clean`. */
function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

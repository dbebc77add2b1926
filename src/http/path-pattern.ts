/**
 * Converts a path pattern of Go's router to Fastify routes: a trailing `/` matches everything below and redirects from
 * the path without it, `{name}` matches one segment, and `{name...}` the rest.
 */
export function routesOf(pattern: string): { readonly path: string; readonly redirectFrom?: string } {
  const path = pattern
    .replaceAll(':', '::')
    .replace(/\{[^/{}]*\.\.\.\}$/, '*')
    .replaceAll(/\{([^/{}]+)\}/g, ':$1');
  if (!pattern.endsWith('/')) return { path };
  const withoutSlash = path.slice(0, -1);
  return { path: `${path}*`, ...(withoutSlash !== '' && { redirectFrom: withoutSlash }) };
}

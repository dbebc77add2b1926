/**
 * The routes of a path pattern as Go's router reads it, in Fastify's notation: a trailing `/` matches everything below and
 * redirects from the path without it, `{name}` is a wildcard of one segment, `{name...}` of the rest.
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

import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Returns the path to which the Collector's router redirects. Undefined if the path has no empty, `.`, or `..` segment.
 * @param target the request target as sent, with its query; it starts with `/`
 */
export function cleanedPath(target: string): string | undefined {
  if (!target.includes('//') && !target.includes('/.')) return undefined;
  const path = pathOf(target);
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const cleaned = `/${segments.join('/')}`;
  const result = path.endsWith('/') && cleaned !== '/' ? `${cleaned}/` : cleaned;
  return result === path ? undefined : result;
}

/** Returns the request target without its query. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

/** Redirects with status 307 and Go's short HTML body. Same as the Collector's router, escapes `path` once more. */
export function redirect(request: IncomingMessage, response: ServerResponse, path: string): void {
  const target = request.url ?? '/';
  const query = target.indexOf('?');
  const location = path.replaceAll('%', '%25') + (query < 0 ? '' : target.slice(query));
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const page = `<a href="${escapeHtml(location)}">Temporary Redirect</a>.\n\n`;
  const body = request.method === 'GET' ? page : '';
  const headers = ['Location', location];
  if (isRead) headers.push('Content-Type', 'text/html; charset=utf-8');
  if (request.method !== 'HEAD') headers.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(307, headers);
  response.end(body);
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlEscapes[character] ?? character);
}

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Returns the reason why a server with internal information must not answer a request: its Host is a name that another
 * site could have bound to this address (DNS rebinding), or a page of another origin sent it. Undefined if the request
 * can be answered.
 */
export function foreignRequest(request: IncomingMessage, allowedHosts: ReadonlySet<string>): string | undefined {
  const authority = request.headers.host ?? request.headers[':authority'];
  const host = typeof authority === 'string' ? authority : '';
  if (!isOwnHost(host, allowedHosts)) return `host ${JSON.stringify(host)} is not allowed`;
  const { origin } = request.headers;
  if (origin !== undefined && !isSameOrigin(origin, host)) return `origin ${JSON.stringify(origin)} is not allowed`;
  const site = request.headers['sec-fetch-site'];
  const isNavigation = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
  if ((site === 'cross-site' || site === 'same-site') && !isNavigation)
    return `a page of another site sent the request`;
  return undefined;
}

/**
 * Whether the host is safe. Addresses are, because they cannot be rebound. Names are safe only if they belong to this
 * machine or the user allows them.
 */
function isOwnHost(authority: string, allowedHosts: ReadonlySet<string>): boolean {
  const name = hostOf(authority);
  if (name === '') return false;
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowedHosts.has(name);
}

function isSameOrigin(origin: string, authority: string): boolean {
  return /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '').toLowerCase() === authority.toLowerCase();
}

/** Returns the host of `host:port`, in lower case and without brackets. */
export function hostOf(authority: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(authority.trim());
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { stringList } from '#config/schema.ts';
import { isNetworkName } from './cluster-names.ts';

/**
 * Returns the reason why a server with internal information must not answer a request: its Host is a name that another
 * site could have bound to this address (DNS rebinding), or a page of another origin sent it. Undefined if the request
 * can be answered.
 */
export function foreignRequest(request: IncomingMessage, allowedHosts: ReadonlySet<string>): string | undefined {
  const authority = request.headers.host ?? request.headers[':authority'];
  const host = typeof authority === 'string' ? authority : '';
  // A request of HTTP/1.0 has no Host. No browser sends one.
  const isNamed = authority !== undefined;
  if (isNamed && !isOwnHost(host, allowedHosts)) return `host ${JSON.stringify(host)} is not allowed`;
  const { origin } = request.headers;
  if (origin !== undefined && !isSameOrigin(origin, host)) return `origin ${JSON.stringify(origin)} is not allowed`;
  const site = request.headers['sec-fetch-site'];
  const isNavigation = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
  if ((site === 'cross-site' || site === 'same-site') && !isNavigation)
    return `a page of another site sent the request`;
  return undefined;
}

/** An address cannot be rebound. Of names, only those of the user's own network are allowed, and those that the user allows; `*` is any. */
function isOwnHost(authority: string, allowedHosts: ReadonlySet<string>): boolean {
  const name = hostOf(authority);
  if (name === '') return false;
  return isIP(name) !== 0 || isNetworkName(name) || allowedHosts.has(name) || allowedHosts.has('*');
}

function isSameOrigin(origin: string, authority: string): boolean {
  return /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '').toLowerCase() === authority.toLowerCase();
}

/** Returns the host of `host:port`, in lower case and without brackets. */
export function hostOf(authority: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(authority.trim());
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}

/** Setting of a status server. */
export function allowedHostsSetting() {
  return stringList().describe(
    'Further host names under which the server answers, such as that of an ingress; `*` allows all. IP addresses, `localhost`, names without a dot, names of this cluster or network, and the host of `endpoint` are always allowed. Specific to pitot.',
  );
}

/** The set for `foreignRequest` from the setting and the server's own endpoint. */
export function allowedHostsOf(names: readonly string[], endpoint: string): ReadonlySet<string> {
  return new Set([...names.map((name) => name.toLowerCase()), hostOf(endpoint)]);
}

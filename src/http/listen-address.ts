import { lookup } from 'node:dns/promises';
import type { ListenOptions } from 'node:net';
import { isIP, isIPv6 } from 'node:net';

/** An address to listen on: options for Node.js, and the Collector's notation for messages. */
export interface ListenAddress {
  readonly options: ListenOptions;
  /** `127.0.0.1:4318`, `:8889`, `[::1]:80`, or a path. */
  readonly text: string;
}

/**
 * Parses an endpoint. An empty or unspecified host means all interfaces, IPv4 and IPv6. A name means its first IPv4 address. If an
 * IPv6 address has no brackets, the last colon ends the host (docs/reference/collector-behaviour.md#older-configurations).
 * @throws Error with the Collector's message, such as `listen tcp: address localhost: missing port in address`
 */
export async function resolveListenAddress(endpoint: string, transport: string): Promise<ListenAddress> {
  if (transport === 'unix') return { options: { path: endpoint }, text: endpoint };
  if (!/^tcp[46]?$/.test(transport)) throw new Error(`listen ${transport}: cannot accept HTTP connections`);
  const { host, port } = splitEndpoint(endpoint, transport);
  if (host === '' || host === '0.0.0.0' || host === '::') {
    const any = transport === 'tcp4' ? '0.0.0.0' : '::';
    const text = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return { options: { host: any, port, ipv6Only: transport === 'tcp6' }, text };
  }
  const address = isIP(host) ? host : await firstAddress(host, transport);
  return { options: { host: address, port }, text: isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}` };
}

function splitEndpoint(endpoint: string, transport: string): { host: string; port: number } {
  const colon = endpoint.lastIndexOf(':');
  const bracket = endpoint.lastIndexOf(']');
  if (colon < 0 || colon < bracket) {
    const problem = endpoint === '' ? 'missing address' : `address ${endpoint}: missing port in address`;
    throw new Error(`listen ${transport}: ${problem}`);
  }
  const portText = endpoint.slice(colon + 1);
  const host = endpoint.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  if (!/^\d*$/.test(portText)) throw new Error(`listen ${transport}: lookup ${transport}/${portText}: unknown port`);
  const port = Number(portText);
  if (port > 65_535) throw new Error(`listen ${transport}: address ${portText}: invalid port`);
  return { host, port };
}

async function firstAddress(host: string, transport: string): Promise<string> {
  try {
    const addresses = await lookup(host, {
      all: true,
      family: transport === 'tcp4' ? 4 : transport === 'tcp6' ? 6 : 0,
    });
    const first = addresses.find(({ family }) => family === 4) ?? addresses[0];
    if (first) return first.address;
  } catch (error) {
    throw new Error(`listen ${transport}: lookup ${host}: no such host`, { cause: error });
  }
  throw new Error(`listen ${transport}: lookup ${host}: no such host`);
}

const bindProblems: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'address already in use'],
  ['EADDRNOTAVAIL', 'cannot assign requested address'],
  ['EACCES', 'permission denied'],
  ['ENOENT', 'no such file or directory'],
  ['EINVAL', 'invalid argument'],
]);

/**
 * Returns the error of a failed `listen` with the Collector's message: `listen tcp 127.0.0.1:8889: bind: address
 * already in use`.
 */
export function bindError(error: NodeJS.ErrnoException, address: ListenAddress, transport: string): Error {
  const problem = bindProblems.get(error.code ?? '') ?? error.message;
  return new Error(`listen ${transport} ${address.text}: bind: ${problem}`, { cause: error });
}

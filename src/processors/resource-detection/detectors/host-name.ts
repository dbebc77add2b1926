import dns from 'node:dns/promises';
import { hostname } from 'node:os';
import { readText } from './read-text.ts';

/** Returns the host name from one of the sources. @throws Error if the source has none */
export async function hostNameFrom(source: string): Promise<string> {
  const host = hostname();
  if (source === 'os') return host;
  if (source === 'cname') return canonicalName(host);
  if (source === 'lookup') return reverseName(host);
  const inFile = canonicalInHosts(host, (await readText('/etc/hosts')) ?? '');
  if (inFile !== undefined) return inFile;
  return canonicalName(host).catch(() => reverseName(host));
}

/** Returns the first name on the line of a hosts(5) file that names `host`. */
export function canonicalInHosts(host: string, hosts: string): string | undefined {
  for (const line of hosts.split('\n')) {
    const [, canonical, ...aliases] = line
      .replace(/#.*/, '')
      .trim()
      .split(/[ \t]+/);
    if (canonical !== undefined && (canonical === host || aliases.includes(host))) return canonical;
  }
  return undefined;
}

/** Follows CNAME records. A host with an address and without such a record has its own name. */
async function canonicalName(host: string): Promise<string> {
  const [name] = await dns.resolveCname(host).catch(() => []);
  if (name !== undefined) return withoutDot(name);
  const addresses = await dns.resolve4(host).catch(() => dns.resolve6(host));
  if (addresses.length === 0) throw new Error(`no address of ${host}`);
  return withoutDot(host);
}

async function reverseName(host: string): Promise<string> {
  for (const { address } of await dns.lookup(host, { all: true })) {
    const [name] = await dns.reverse(address).catch(() => []);
    if (name !== undefined) return withoutDot(name);
  }
  throw new Error(`no name of the addresses of ${host}`);
}

function withoutDot(name: string): string {
  return name.replace(/\.+$/, '');
}

import { BlockList, isIP } from 'node:net';

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the proxy that the environment selects for a URL, by Go's rules: `HTTP_PROXY` or `HTTPS_PROXY`, unless `NO_PROXY` has the host.
 * The local host is never proxied.
 * @throws TypeError if the variable is not a URL
 */
export function proxyOf(url: URL, environment: Environment): URL | undefined {
  const variable = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  const proxy = variable(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === '' || isLocal(host)) return undefined;
  const entries = variable('NO_PROXY').split(',');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (entries.some((entry) => excludes(entry.trim().toLowerCase(), host, port))) return undefined;
  return new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether an entry of `NO_PROXY` matches: `*`, a network, an address, a domain with its subdomains, or `.domain` for subdomains only. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(host, entry);
  const [, name = entry, entryPort] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(host) !== 0) return host === (name || entry);
  if (name.startsWith('*.')) return host.endsWith(name.slice(1));
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || host.endsWith(`.${name}`);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(host);
  if (family === 0 || family !== isIP(address) || !/^\d+$/.test(bits)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), type);
  } catch {
    return false;
  }
  return list.check(host, type);
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Top-level domains that nobody can register: names below them lead to machines of the user's own network. */
const privateDomains = ['localhost', 'svc', 'cluster.local', 'internal', 'home.arpa', 'localdomain'];

/**
 * Returns whether a page from outside cannot have bound a name to this address (DNS rebinding), because only the user's own network has such names:
 * names without a dot, as of services in Compose or Kubernetes, names below a private domain or a search domain of this machine,
 * `<service>.<own namespace>`, and the name of this machine.
 * @param name in lower case, without a port
 */
export function isNetworkName(name: string, network: Network = ownNetwork()): boolean {
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) return false;
  if (!name.includes('.') || name === network.hostname) return true;
  if ([...privateDomains, ...network.searchDomains].some((domain) => name.endsWith(`.${domain}`))) return true;
  const [namespace] = network.searchDomains.flatMap((domain) => /^([^.]+)\.svc\./.exec(domain)?.[1] ?? []);
  return namespace !== undefined && name.split('.').length === 2 && name.endsWith(`.${namespace}`);
}

/** Names of this machine and its network. */
export interface Network {
  readonly hostname: string;
  /** Domains in which this machine searches for names without a dot. */
  readonly searchDomains: readonly string[];
}

let known: Network | undefined;

function ownNetwork(): Network {
  known ??= { hostname: hostname().toLowerCase(), searchDomains: searchDomainsOf(resolverConfiguration()) };
  return known;
}

/** The domains of the last line `search` or `domain` of resolv.conf. Domains without a dot, such as `com`, are left out. */
export function searchDomainsOf(text: string): string[] {
  const lines = text.split('\n').flatMap((line) => /^\s*(?:search|domain)\s+(.*)$/.exec(line)?.[1] ?? []);
  const domains = (lines.at(-1) ?? '').toLowerCase().split(/\s+/);
  return domains.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain.includes('.'));
}

function resolverConfiguration(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

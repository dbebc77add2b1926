import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { networkReason, TimeoutError } from '#client/http-request.ts';
import { no, type Step, skipped, yes } from './step.ts';
import { isThisMachine } from './surroundings.ts';

/** Checks whether the name of a host has an address. */
export async function nameStep(url: URL): Promise<Step> {
  const name = 'Name';
  const host = hostOf(url);
  if (isIP(host) !== 0) return yes(name, `${host} is an address`);
  try {
    const addresses = await lookup(host, { all: true });
    return yes(name, `${host} is ${[...new Set(addresses.map(({ address }) => address))].slice(0, 4).join(', ')}`);
  } catch (error) {
    const remedy =
      'Check the spelling of the host in the endpoint. In Kubernetes, it is SERVICE.NAMESPACE.svc.cluster.local: kubectl get svc -A | grep -E "pitot|otel-collector"';
    return no(name, `${host}: ${networkReason(error)}`, remedy);
  }
}

/** Checks whether the port accepts connections. */
export async function portStep(url: URL, timeoutMs: number): Promise<Step> {
  const name = 'Port';
  const port = portOf(url);
  const place = `${hostOf(url)}:${port}`;
  try {
    await connected(hostOf(url), port, timeoutMs);
    return yes(name, `${place} accepts connections`);
  } catch (error) {
    const reason = networkReason(error);
    if (error instanceof TimeoutError) {
      const remedy =
        'A firewall or a network policy drops the packets, or a service mesh holds them. The chart admits clients with networkPolicy.presets.';
      return no(name, `${place}: ${reason}`, remedy);
    }
    const how = isThisMachine(hostOf(url)) ? 'start it with `pitot`' : 'in Kubernetes: kubectl get pods';
    const isLoopback = /^(localhost|127\.|::1$)/.test(hostOf(url));
    // Both mistakes are frequent: a container's own localhost, and a receiver with the Collector's default endpoint.
    const further = isLoopback
      ? `In a container, ${hostOf(url)} is the container itself: name the host or Service of pitot instead.`
      : `A receiver with the endpoint localhost:${port} accepts only clients on its own host: write 0.0.0.0:${port}, or [::]:${port} for IPv6, too.`;
    const remedy = `Nothing listens there. Check that pitot runs (${how}) and that ${port} is its port: 4318 for HTTP, 4317 for gRPC. ${further}`;
    return no(name, `${place}: ${reason}`, remedy);
  }
}

/** Checks whether a proxy of the environment is between the client and the endpoint. Undefined if there is none. */
export function proxyStep(url: URL, environment: Readonly<Record<string, string | undefined>>): Step | undefined {
  const kind = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const variable = [kind, kind.toUpperCase(), 'all_proxy', 'ALL_PROXY'].find((each) => environment[each]);
  if (variable === undefined) return undefined;
  const host = hostOf(url).toLowerCase();
  const excluded = (environment.no_proxy ?? environment.NO_PROXY ?? '').toLowerCase().split(',');
  const isExcluded = excluded.some((each) => {
    const suffix = each.trim().replace(/^\*?\./, '');
    return suffix === '*' || (suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`)));
  });
  if (isExcluded) return undefined;
  const text = `${variable} is set: the client sends to ${host} through that proxy, and this check does not`;
  return skipped('Proxy', text, `If the proxy does not reach pitot, add ${host} to NO_PROXY.`);
}

/** Returns the host without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Returns the port of an address, or the default port of its scheme. */
export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function connected(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => socket.destroy(new TimeoutError(timeoutMs)), timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

import type { LoadedConfig } from '#config/load-config.ts';
import { visitConfig } from '#config/schema.ts';
import { BuildError } from './build-error.ts';
import { startFailure, type UsedComponent } from './used-components.ts';

interface Listener {
  readonly path: readonly string[];
  /** An address or a name; empty for every interface. */
  readonly host: string;
  readonly port: number;
  /** The address in the Collector's message. */
  readonly shown: string;
  /** Returns the message of a startup failure for a problem. */
  failure(problem: string): string;
}

/**
 * Checks the addresses on which components and pitot's own metrics listen: `host:port` without a scheme, a valid port,
 * and no duplicate port.
 * @throws BuildError for the first problem, with the message of the Collector's startup failure
 */
export function requireAddresses({ service }: LoadedConfig, used: readonly UsedComponent[]): void {
  const listeners: Listener[] = [];
  const { level, readers } = service.telemetry.metrics;
  for (const [index, { pull }] of (level === 'none' ? [] : readers).entries()) {
    const { host, port } = pull?.exporter.prometheus ?? { host: '', port: 0 };
    const path = ['service', 'telemetry', 'metrics', 'readers', String(index)];
    const failure = (problem: string) => `failed to create meter provider: ${problem}`;
    listeners.push({ path, host: plain(host), port, shown: `${host}:${port}`, failure });
  }
  for (const component of used) {
    const { section, id, schema, config } = component;
    visitConfig(schema, config, ({ path, metadata, value, group }) => {
      const { transport = 'tcp' } = group;
      if (metadata.role !== 'listen-address' || !/^tcp[46]?$/.test(String(transport))) return;
      if (metadata.unless?.some((key) => group[key])) return;
      // Without an address the component itself reports what is missing.
      if (typeof value !== 'string' || value.trim() === '') return;
      const failure = (problem: string) => startFailure(component, `listen ${transport}${problem}`);
      listeners.push(listenerOf(value, { path: [section, id, ...path], failure }));
    });
  }
  requireDifferentPorts(listeners);
}

function listenerOf(endpoint: string, { path, failure }: Pick<Listener, 'path' | 'failure'>): Listener {
  const problem = (what: string, remedy: string) =>
    new BuildError(failure(`: ${what}`), { path, remedy: `write ${remedy}` });
  const port = 'a port from 1 to 65535';
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(endpoint)?.[0] ?? '';
  const address = endpoint.slice(scheme.length).replace(/\/.*$/s, '');
  if (scheme !== '') {
    const what = /:\d/.test(address) ? 'too many colons in address' : `unknown port`;
    throw problem(`address ${endpoint}: ${what}`, `${JSON.stringify(address)}, without a scheme`);
  }
  const colon = endpoint.lastIndexOf(':');
  if (colon < 0 || colon < endpoint.lastIndexOf(']')) {
    const complete = JSON.stringify(`${address}:PORT`);
    throw problem(`address ${endpoint}: missing port in address`, `${complete} with ${port}`);
  }
  const portText = endpoint.slice(colon + 1);
  if (address !== endpoint)
    throw problem(`lookup tcp/${portText}: unknown port`, `${JSON.stringify(address)}, without a path`);
  if (!/^[+-]?\d*$/.test(portText)) throw problem(`lookup tcp/${portText}: unknown port`, port);
  if (Number(portText) > 65_535 || Number(portText) < 0) throw problem(`address ${portText}: invalid port`, port);
  const written = endpoint.slice(0, colon);
  const shown = `${written === '0.0.0.0' || written === '[::]' ? written : plain(written)}:${portText}`;
  return { path, host: plain(written), port: Number(portText), shown, failure };
}

/** Returns the address of a host if it needs no lookup; empty for every interface. */
function plain(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === '0.0.0.0' || bare === '::') return '';
  return bare === 'localhost' ? '127.0.0.1' : bare;
}

function requireDifferentPorts(listeners: readonly Listener[]): void {
  for (const [index, { port, host, shown, path, failure }] of listeners.entries()) {
    const earlier = listeners
      .slice(0, index)
      .find((other) => port !== 0 && other.port === port && (host === '' || other.host === '' || host === other.host));
    if (!earlier) continue;
    const remedy = `${earlier.path.join('::')} has the same port; write another port for one of them`;
    throw new BuildError(failure(` ${shown}: bind: address already in use`), { path, remedy });
  }
}

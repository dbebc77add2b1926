import { SettingError } from '#component/errors.ts';
import { ConfigError } from '#config/config-error.ts';
import { placeOf } from '#config/hints.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import { visitConfig } from '#config/schema.ts';
import type { GraphNode } from '#pipeline/node.ts';

interface Cause {
  /** Keys below the component. */
  readonly keys: readonly string[];
  readonly remedy?: string | undefined;
}

/** Returns the error of a component that could not start, with the place of the setting and the remedy as far as they are known. */
export function startFailure(
  message: string,
  { node, error, loaded }: { readonly node: GraphNode; readonly error: Error; readonly loaded: LoadedConfig },
): ConfigError {
  const { kind, id } = node;
  const { keys, remedy } = causeOf(error) ?? addressCause(node, error, loaded) ?? { keys: [] };
  return failureAt([`${kind}s`, id, ...keys], message, { loaded, remedy });
}

/** Returns the error of pitot's own metrics server, which could not start. */
export function telemetryFailure(error: Error, loaded: LoadedConfig): ConfigError {
  const remedy = addressRemedy(error.message);
  return failureAt(['service', 'telemetry', 'metrics', 'readers'], error.message, { loaded, remedy });
}

function failureAt(
  path: readonly string[],
  message: string,
  { loaded, remedy }: { readonly loaded: LoadedConfig; readonly remedy: string | undefined },
): ConfigError {
  const place = placeOf(path, loaded.resolved);
  const parts = [...(place === undefined ? [] : [place]), path.join('::'), ...(remedy === undefined ? [] : [remedy])];
  return new ConfigError(message, { hints: [`hint: ${parts.join(': ')}`] });
}

function causeOf(error: unknown): Cause | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof SettingError) return each;
  return undefined;
}

const addressRemedies: readonly (readonly [problem: string, remedy: string])[] = [
  [
    'bind: address already in use',
    'another process uses this port; end it (`ss -ltnp` names it), or write another port',
  ],
  [
    'bind: cannot assign requested address',
    'this machine does not have the address; write 0.0.0.0 or localhost instead',
  ],
  ['bind: permission denied', 'pitot has no permission to open this port; write a port from 1024'],
  ['no such host', 'this name has no address; write 0.0.0.0 or localhost instead'],
  ['bind: no such file or directory', 'the directory of the socket does not exist; create it'],
];

function addressRemedy(message: string): string | undefined {
  return addressRemedies.find(([problem]) => message.includes(problem))?.[1];
}

/** Finds the address that could not be opened among the settings of a component. */
function addressCause({ kind, id }: GraphNode, { message }: Error, loaded: LoadedConfig): Cause | undefined {
  const remedy = addressRemedy(message);
  const configured = loaded[`${kind}s`].components.get(id);
  if (remedy === undefined || !message.includes('listen ') || !configured) return undefined;
  const found: Cause[] = [];
  const { configSchema } = configured.factory;
  visitConfig(configSchema, configured.config, ({ path, metadata, value }) => {
    if (metadata.role !== 'listen-address' || typeof value !== 'string') return;
    const port = /:(\d+)$/.exec(value)?.[0] ?? value;
    const host = value.slice(0, -port.length);
    if (message.includes(`${port}:`) || (host !== '' && message.includes(` ${host}:`)))
      found.push({ keys: path, remedy });
  });
  return found[0] ?? { keys: [], remedy };
}

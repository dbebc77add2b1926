import type { LoadedConfig } from '#config/load-config.ts';
import { visitConfig } from '#config/schema.ts';
import { BuildError } from './build-error.ts';
import { startFailure, type UsedComponent } from './used-components.ts';

/**
 * Checks that the extensions to which components refer (`storage`, `authenticator`) are configured and started.
 * @throws BuildError for the first that is not, with the Collector's message
 */
export function requireExtensions({ extensions, service }: LoadedConfig, used: readonly UsedComponent[]): void {
  const isConfigured = (id: string) => extensions.components.has(id) || extensions.foreign.has(id);
  for (const component of used) {
    const { section, id, schema, config } = component;
    visitConfig(schema, config, ({ path, metadata, value }) => {
      if (metadata.role !== 'extension' || typeof value !== 'string' || value === '') return;
      const name = value.trim();
      if (service.extensions.includes(name) && !extensions.foreign.has(name)) return;
      const problem =
        path.at(-1) === 'authenticator'
          ? `failed to resolve authenticator ${JSON.stringify(name)}: authenticator not found`
          : path.at(-2) === 'sending_queue'
            ? 'no storage client extension found'
            : `storage client extension '${name}' not found`;
      throw new BuildError(startFailure(component, problem), { path: [section, id, ...path], remedy: remedy(name) });
    });
  }

  function remedy(name: string): string {
    if (extensions.foreign.has(name))
      return `pitot does not support the extension ${JSON.stringify(name)}; remove this key`;
    if (isConfigured(name)) return `add ${JSON.stringify(name)} to service::extensions`;
    const known = [...extensions.components.keys()].map((each) => JSON.stringify(each)).join(', ');
    const has = known === '' ? 'it has none' : `it has ${known}`;
    return `configure ${JSON.stringify(name)} in the section "extensions" (${has}) and add it to service::extensions`;
  }
}

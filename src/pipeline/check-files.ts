import { metadataOf, visitConfig } from '#config/schema.ts';
import { BuildError } from './build-error.ts';
import { startFailure, type UsedComponent } from './used-components.ts';

/**
 * Checks the files that settings name, such as certificates.
 * @throws BuildError for the first problem, with the message of the Collector's startup failure
 */
export function requireFiles(used: readonly UsedComponent[]): void {
  for (const component of used) {
    const { section, id, schema, config } = component;
    const check = (path: readonly string[], metadata: ReturnType<typeof metadataOf>, value: unknown) => {
      if (value === undefined || value === null) return;
      for (const startCheck of metadata.startChecks ?? []) {
        const problem = startCheck(value as never);
        if (problem === undefined) continue;
        const { message, keys, remedy } = problem;
        throw new BuildError(startFailure(component, message), { path: [section, id, ...path, ...keys], remedy });
      }
    };
    check([], metadataOf(schema), config);
    visitConfig(schema, config, ({ path, metadata, value }) => check(path, metadata, value));
  }
}

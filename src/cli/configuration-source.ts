import { isGateEnabled } from '#config/feature-gates.ts';
import type { ResolveOptions } from '#config/resolve-config.ts';
import { builtinConfig } from './builtin-config.ts';
import type { CommandLine } from './command.ts';
import { stateDirectory } from './state-directory.ts';

/** Location of the configuration that runs without `--config`. */
const builtinLocation = (line: CommandLine) => `yaml:${builtinConfig(stateDirectory(line))}`;

/** Returns how to read a configuration: from these locations, or without any, the built-in one. */
export function sourceOf(locations: readonly string[], line: CommandLine): ResolveOptions {
  return {
    locations: locations.length > 0 ? locations : [builtinLocation(line)],
    environment: line.environment,
    appendLists: isGateEnabled('confmap.enableMergeAppendOption'),
  };
}

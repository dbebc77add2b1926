import { featureGates, switchGates } from '#config/feature-gates.ts';
import { parseLocation } from '#config/resolve-config.ts';
import type { Flag, ParsedArguments } from './parse-arguments.ts';

const configFlag: Flag = {
  name: 'config',
  value: '--config=file:/path/to/first --config=file:path/to/second',
  help: 'Locations to the config file(s), note that only a single location can be set per flag entry e.g. --config=file:/path/to/first --config=file:path/to/second. (default [])',
};

const gatesFlag: Flag = {
  name: 'feature-gates',
  value: 'flag',
  get help() {
    const gates = featureGates().map(({ id, enabled }) => (enabled ? id : `-${id}`));
    const text =
      "Comma-delimited list of feature gate identifiers. Prefix with '-' to disable the feature. '+' or no prefix will enable the feature.";
    return `${text} (default ${gates.join(',')})`;
  },
  check: (list) => void switchGates(list),
};

const setFlag: Flag = {
  name: 'set',
  value: 'value',
  help: 'Set arbitrary component config property. The component has to be defined in the config file and the flag has a higher precedence. Array config properties are overridden and maps are joined. Example --set=processors.batch.timeout=2s',
  check: (text) => {
    if (!text.includes('=')) throw new Error('missing equal sign');
  },
};

/** The flags of every command that reads a configuration. */
export const configurationFlags: readonly Flag[] = [configFlag, gatesFlag, setFlag];

/** Returns the flag `-h` of a command. */
export function helpFlag(command: string): Flag {
  return { name: 'help', short: 'h', help: `help for ${command}` };
}

/** Returns a remark for each gate in `--feature-gates` that has no effect. */
export function gateRemarks({ flags }: ParsedArguments): string[] {
  return (flags.get('feature-gates') ?? []).flatMap(switchGates);
}

/**
 * Returns the locations of the flags: those of `--config`, then one per `--set`.
 * @throws ConfigError for an invalid location
 */
export function locationsOf({ flags }: ParsedArguments): string[] {
  const locations = [...(flags.get('config') ?? [])];
  for (const text of flags.get('set') ?? []) {
    const equals = text.indexOf('=');
    const key = text.slice(0, equals).replaceAll('.', '::').trim();
    locations.push(`yaml:${key}: ${text.slice(equals + 1).trim()}`);
  }
  for (const location of locations) parseLocation(location);
  return locations;
}

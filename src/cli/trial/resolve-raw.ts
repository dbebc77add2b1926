import { isGateEnabled } from '#config/feature-gates.ts';
import type { RawMap } from '#config/raw-value.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { builtinConfig } from '../builtin-config.ts';
import type { CommandLine } from '../command.ts';
import { locationsOf } from '../flags.ts';
import type { ParsedArguments } from '../parse-arguments.ts';

/** Returns the configuration of `--config`, or the built-in one, before it is decoded. @throws ConfigError */
export async function rawConfigOf(parsed: ParsedArguments, { environment }: CommandLine): Promise<RawMap> {
  const given = locationsOf(parsed);
  const locations = given.length > 0 ? given : [`yaml:${builtinConfig('')}`];
  const appendLists = isGateEnabled('confmap.enableMergeAppendOption');
  return (await resolveConfig({ locations, environment, appendLists })).raw;
}

import type { BuildInfo } from '#build-info.ts';
import { Collector, loadFrom, systemClock } from '#collector.ts';
import { components } from '#components.ts';
import { editDistance } from '#config/closest.ts';
import { isGateEnabled } from '#config/feature-gates.ts';
import { configText, printedConfig } from '#config/printed-config.ts';
import type { ResolveOptions } from '#config/resolve-config.ts';
import { requireValid } from '#config/validate-whole.ts';
import { builtinConfig } from './builtin-config.ts';
import { cardinalityCommand } from './cardinality-command.ts';
import { checkHealth, defaultHealthUrl } from './check-health.ts';
import type { Command, CommandIo, CommandLine, Outcome, Printed } from './command.ts';
import { completionCommand } from './completion-command.ts';
import { diffCommand } from './diff-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { explainCommand } from './explain-command.ts';
import { configurationFlags, gateRemarks, helpFlag, locationsOf } from './flags.ts';
import { genCommand } from './gen-command.ts';
import { helpText } from './help-text.ts';
import { listComponents } from './list-components.ts';
import { listGates } from './list-gates.ts';
import { loadCommand } from './load-command.ts';
import { type Flag, type ParsedArguments, parseArguments, UsageError } from './parse-arguments.ts';
import { recordCommand } from './record-command.ts';
import { replayCommand } from './replay-command.ts';
import { schemaCommand } from './schema-command.ts';
import { snapshotCommand } from './snapshot-command.ts';
import { stateDirectory } from './state-directory.ts';
import { statusCommand } from './status-command.ts';
import { tailCommand } from './tail-command.ts';
import { withTerminalConsole } from './terminal-console.ts';
import { topCommand } from './top-command.ts';

const silent: CommandIo = {
  output: () => undefined,
  progress: () => undefined,
  stopped: new AbortController().signal,
  isTerminal: false,
};

/** Time limit of a shutdown, ms. Kubernetes kills a pod after 30 s. */
const shutdownTimeoutMs = 25_000;

const printFlags: readonly Flag[] = [
  { name: 'format', value: 'string', help: 'Output format: yaml (default), json (unstable)) (default "yaml")' },
  { name: 'mode', value: 'string', help: 'Operating mode: redacted (default), unredacted (default "redacted")' },
  { name: 'validate', help: 'Validation mode: true (default), false (default true)' },
];

const commands: readonly Command[] = [
  completionCommand((program) => ({ program, commands, rootFlags: rootFlagsOf(program) })),
  {
    name: 'components',
    about: 'Outputs available components in this collector distribution',
    longAbout:
      'Outputs available components in this collector distribution including their stability levels. The output format is not stable and can change between releases.',
    flags: [],
    execute: (_, { build }) => listComponents(build, components),
  },
  {
    name: 'featuregate',
    about: 'Display feature gates information',
    longAbout: 'Display information about available feature gates and their status',
    operands: { name: '[feature-id]', max: 1 },
    flags: [],
    execute: ({ operands }) => listGates(operands[0]),
  },
  {
    name: 'healthcheck',
    about: 'Asks a running collector whether it is healthy',
    longAbout: `Asks the health_check extension of a running collector and ends with 0 when it is healthy.\nWithout a URL: ${defaultHealthUrl}`,
    operands: { name: '[url]', max: 1 },
    flags: [],
    execute: async ({ operands }) => `${await checkHealth(operands[0] ?? defaultHealthUrl)}\n`,
  },
  {
    name: 'print-config',
    aliases: ['print-initial-config'],
    about: "Prints the Collector's configuration in the specified mode",
    longAbout: `Prints the Collector's configuration with different levels of processing:

- redacted: Shows the resolved configuration with sensitive data redacted (default)
- unredacted: Shows the resolved configuration with all sensitive data visible

The output prints in YAML by default. To print JSON use --format=json,
however this is considered unstable.

Validation is enabled by default, as a safety measure.`,
    flags: [...configurationFlags, ...printFlags],
    execute: printConfig,
  },
  cardinalityCommand,
  diffCommand,
  doctorCommand,
  explainCommand,
  genCommand,
  loadCommand,
  recordCommand,
  replayCommand,
  schemaCommand,
  snapshotCommand,
  statusCommand,
  tailCommand,
  topCommand,
  {
    name: 'validate',
    about: 'Validates the config without running the collector',
    flags: configurationFlags,
    execute: async (parsed, line, { isTerminal }) => {
      const remarks = await collectorFor(locationsToValidate(parsed, line), line).validate();
      const hints = [...gateRemarks(parsed).map((remark) => `hint: ${remark}`), ...remarks];
      return { print: isTerminal ? 'The configuration is valid.\n' : '', remarks: hints };
    },
  },
];

/**
 * Interprets a command line, and runs commands that need no collector.
 * @throws Error whose message, after `Error: `, is for the user
 */
export async function interpret(line: CommandLine, io: CommandIo = silent): Promise<Outcome> {
  const { args, build } = line;
  const rootFlags = rootFlagsOf(build.command);
  const { name, rest } = findCommand(args, rootFlags);
  if (name === 'help') return help(rest, line, rootFlags);
  if (name !== undefined) {
    const command = commands.find((each) => each.name === name || each.aliases?.includes(name));
    if (!command) {
      // An unknown flag is the more likely mistake: `-c config.yaml`.
      parseArguments(rest, rootFlags, suggestionsOf(build));
      throw unknownCommand(name, build);
    }
    return runCommand(command, rest, { line, io });
  }
  const parsed = parseArguments(args, rootFlags, suggestionsOf(build));
  if (parsed.flags.has('help')) return { print: rootHelp(build, rootFlags) };
  if (parsed.flags.has('version')) return { print: `${build.command} version ${build.version}\n` };
  const notices = gateRemarks(parsed);
  const locations = locationsOf(parsed);
  const isWatched = io.isTerminal && line.environment.PITOT_CONSOLE !== 'off';
  const complete = isWatched ? withTerminalConsole : undefined;
  if (locations.length > 0) return { run: collectorFor(locations, line, complete), notices };
  notices.push('No --config is given: the built-in configuration is used; print-config shows it');
  return { run: collectorFor([builtinLocation(line)], line), notices };
}

/** Under the Collector's name, errors have the Collector's text. */
const suggestionsOf = ({ command }: BuildInfo) => ({ suggests: command === 'pitot' });

function rootFlagsOf(program: string): readonly Flag[] {
  return [
    ...configurationFlags.slice(0, 2),
    helpFlag(program),
    ...configurationFlags.slice(2),
    { name: 'version', short: 'v', help: `version for ${program}` },
  ];
}

async function runCommand(
  command: Command,
  args: readonly string[],
  { line, io }: { readonly line: CommandLine; readonly io: CommandIo },
): Promise<Printed> {
  const flags = [...command.flags, helpFlag(command.name)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parsed = parseArguments(args, flags, suggestionsOf(line.build));
  if (parsed.flags.has('help')) {
    const operands = command.operands ? ` ${command.operands.name}` : '';
    const print = helpText(line.build.command, {
      about: command.longAbout ?? command.about,
      usages: [`${command.name}${operands} [flags]`],
      ...(command.aliases && { aliases: [command.name, ...command.aliases].join(', ') }),
      flags,
    });
    return { print };
  }
  const { operands } = parsed;
  if (!command.operands && operands.length > 0) throw new UsageError(`accepts 0 arg(s), received ${operands.length}`);
  const max = command.operands?.max ?? 0;
  if (operands.length > max) throw new UsageError(`accepts at most ${max} arg(s), received ${operands.length}`);
  const min = command.operands?.min ?? 0;
  if (operands.length < min) {
    const usage = `${line.build.command} ${command.name} ${command.operands?.name}`;
    throw new UsageError(`requires at least ${min} arg(s), received ${operands.length}; usage: ${usage}`);
  }
  const result = await command.execute(parsed, line, io);
  return typeof result === 'string' ? { print: result } : result;
}

async function printConfig(parsed: ParsedArguments, line: CommandLine): Promise<string> {
  const given = locationsOf(parsed);
  const locations = given.length > 0 ? given : [builtinLocation(line)];
  const last = (name: string) => parsed.flags.get(name)?.at(-1);
  const mode = last('mode') ?? 'redacted';
  if (mode !== 'redacted' && mode !== 'unredacted')
    throw new UsageError(`invalid mode ${JSON.stringify(mode)}: modes are: redacted, unredacted`);
  const format = (last('format') ?? 'yaml').toLowerCase();
  const loaded = await loadFrom({ source: sourceOf(locations, line), factories: components });
  if (last('validate') !== 'false') requireValid(loaded, 'invalid configuration: ');
  if (format !== 'yaml' && format !== 'json') throw new UsageError(`unrecognized print format: ${format}`);
  const shown = printedConfig(loaded, { showSecrets: mode === 'unredacted' });
  // Same as the Collector: with an empty line at the end.
  return `${configText(shown, format)}\n`;
}

/**
 * Returns the locations to validate. Without a location, pitot validates the built-in configuration. The Collector
 * refuses the command.
 */
function locationsToValidate(parsed: ParsedArguments, line: CommandLine): string[] {
  const locations = locationsOf(parsed);
  if (locations.length > 0) return locations;
  if (line.build.command !== 'pitot') throw new UsageError('at least one config flag must be provided');
  return [builtinLocation(line)];
}

const builtinLocation = (line: CommandLine) => `yaml:${builtinConfig(stateDirectory(line))}`;

function sourceOf(locations: readonly string[], { environment }: CommandLine): ResolveOptions {
  return { locations, environment, appendLists: isGateEnabled('confmap.enableMergeAppendOption') };
}

function collectorFor(
  locations: readonly string[],
  line: CommandLine,
  complete?: ResolveOptions['complete'],
): Collector {
  const { build } = line;
  const source = { ...sourceOf(locations, line), complete };
  return new Collector({ build, factories: components, source, clock: systemClock, shutdownTimeoutMs });
}

/** Finds the command: the first operand. Flags before it belong to the command too. */
function findCommand(args: readonly string[], flags: readonly Flag[]): { name: string | undefined; rest: string[] } {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === '--') break;
    if (!arg.startsWith('-')) return { name: arg, rest: [...args.slice(0, index), ...args.slice(index + 1)] };
    const takesValue = flags.some(({ name, value }) => `--${name}` === arg && value !== undefined);
    if (takesValue) index++;
  }
  return { name: undefined, rest: [...args] };
}

function unknownCommand(name: string, { command }: BuildInfo): UsageError {
  const names = [...commands.map((each) => each.name), 'help'];
  const similar = names.filter((each) => editDistance(name, each) <= 2 || each.startsWith(name.toLowerCase()));
  const suggestion =
    similar.length === 0 ? '' : `\n\nDid you mean this?\n${similar.map((each) => `\t${each}\n`).join('')}`;
  return new UsageError(
    `unknown command ${JSON.stringify(name)} for ${JSON.stringify(command)}${suggestion}\nRun '${command} --help' for usage.`,
  );
}

function rootHelp({ command }: BuildInfo, flags: readonly Flag[]): string {
  const listed = [
    ...commands.map(({ name, about }) => [name, about] as const),
    ['help', 'Help about any command'] as const,
  ];
  return helpText(command, {
    usages: ['[flags]', '[command]'],
    commands: listed.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    flags,
    footer: `Use "${command} [command] --help" for more information about a command.`,
  });
}

async function help(rest: readonly string[], line: CommandLine, flags: readonly Flag[]): Promise<Outcome> {
  const { build } = line;
  const command = commands.find(({ name }) => name === rest[0]);
  if (!command) return { print: rootHelp(build, flags) };
  return runCommand(command, ['--help'], { line, io: silent });
}

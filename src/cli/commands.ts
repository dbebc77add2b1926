import type { BuildInfo } from '#build-info.ts';
import { editDistance } from '#config/closest.ts';
import { cardinalityCommand } from './cardinality-command.ts';
import { collectorCommands } from './collector-commands.ts';
import type { Command, CommandIo, CommandLine, Outcome, Printed } from './command.ts';
import { completionCommand } from './completion-command.ts';
import { diffCommand } from './diff-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { errorText } from './error-text.ts';
import { explainCommand } from './explain-command.ts';
import { configurationFlags, gateRemarks, helpFlag, locationsOf } from './flags.ts';
import { genCommand } from './gen-command.ts';
import { helpText } from './help-text.ts';
import { loadCommand } from './load-command.ts';
import { type Flag, parseArguments, UsageError } from './parse-arguments.ts';
import { recordCommand } from './record-command.ts';
import { replayCommand } from './replay-command.ts';
import { schemaCommand } from './schema-command.ts';
import { snapshotCommand } from './snapshot-command.ts';
import { statusCommand } from './status-command.ts';
import { tailCommand } from './tail-command.ts';
import { topCommand } from './top-command.ts';

const silent: CommandIo = {
  output: () => undefined,
  progress: () => undefined,
  stopped: new AbortController().signal,
  isTerminal: false,
};

const commands: readonly Command[] = [
  ...collectorCommands,
  cardinalityCommand,
  completionCommand((program) => ({
    program,
    commands: commands.map((command) => ({ ...command, flags: flagsOf(command, program) })),
    rootFlags: rootFlagsOf(program),
  })),
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
];

/**
 * Interprets a command line, and runs commands that need no collector.
 * @throws Error whose message, after `Error: `, is for the user
 */
export async function interpret(line: CommandLine, io: CommandIo = silent): Promise<Outcome> {
  const { args, build } = line;
  const rootFlags = rootFlagsOf(build.command);
  const found = findCommand(args, rootFlags);
  try {
    return await outcomeOf(line, io, { ...found, rootFlags });
  } catch (error) {
    const shown = withUsage(error, build, found.name);
    const { errorStatus } = commands.find(({ name }) => name === found.name) ?? {};
    if (errorStatus === undefined) throw shown;
    return { print: '', remarks: [errorText(shown).trimEnd()], exitCode: errorStatus };
  }
}

/** Adds the help of the command to an error about its usage. */
function withUsage(error: unknown, { command }: BuildInfo, name: string | undefined): unknown {
  if (!(error instanceof UsageError) || command !== 'pitot' || error.message.includes('--help')) return error;
  return new UsageError(`${error.message}\nRun '${command} ${name === undefined ? '' : `${name} `}--help' for usage.`);
}

async function outcomeOf(
  line: CommandLine,
  io: CommandIo,
  { name, rest, rootFlags }: ReturnType<typeof findCommand> & { readonly rootFlags: readonly Flag[] },
): Promise<Outcome> {
  const { args, build } = line;
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
  const isWatched = io.isTerminal && line.environment.PITOT_CONSOLE !== 'off' && locations.length > 0;
  const [{ collectorFor }, { withTerminalConsole }] = await Promise.all([
    import('./collector-for.ts'),
    import('./terminal-console.ts'),
  ]);
  if (locations.length === 0)
    notices.push('No --config is given: the built-in configuration is used; print-config shows it');
  return { run: collectorFor(locations, line, isWatched ? withTerminalConsole : undefined), notices };
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

/** Flags of a command under the name of the program. */
function flagsOf({ name, flags, own }: Command, program: string): readonly Flag[] {
  const extra = program === 'pitot' ? (own?.flags ?? []) : [];
  return [...flags, ...extra, helpFlag(name)].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function commandHelp(command: Command, program: string): string {
  const { name, about, longAbout, aliases, operands, own } = command;
  const examples = own === undefined ? '' : `\n\nExamples:\n${own.examples.map((each) => `  ${each}`).join('\n')}`;
  const status = command.exitStatus ?? own?.exitStatus ?? '0 if the command succeeds, 1 otherwise';
  const isOwn = own === undefined || program === 'pitot';
  return helpText(program, {
    about: `${longAbout ?? about}${isOwn ? `${examples}\n\nExit status: ${status}.` : ''}`,
    usages: [`${name}${operands ? ` ${operands.name}` : ''} [flags]`],
    ...(aliases && { aliases: [name, ...aliases].join(', ') }),
    flags: flagsOf(command, program),
  });
}

async function runCommand(
  command: Command,
  args: readonly string[],
  { line, io }: { readonly line: CommandLine; readonly io: CommandIo },
): Promise<Printed> {
  const parsed = parseArguments(args, flagsOf(command, line.build.command), suggestionsOf(line.build));
  if (parsed.flags.has('help')) return { print: commandHelp(command, line.build.command) };
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
  const [topic] = rest;
  const command = commands.find(({ name, aliases }) => name === topic || aliases?.includes(topic ?? ''));
  if (!command) {
    const remarks =
      topic === undefined || topic === 'help' || topic.startsWith('-') ? [] : [`Unknown help topic [\`${topic}\`]`];
    return { print: rootHelp(build, flags), remarks };
  }
  return runCommand(command, ['--help'], { line, io: silent });
}

import type { Command } from './command.ts';
import { type Flag, UsageError } from './parse-arguments.ts';

/** Commands and flags that a completion script offers. */
export interface Completions {
  readonly program: string;
  readonly commands: readonly Pick<Command, 'name' | 'about' | 'flags'>[];
  readonly rootFlags: readonly Flag[];
}

const names = (flags: readonly Flag[]) => flags.map(({ name }) => `--${name}`);
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** The first sentence of a help text. */
const brief = (text: string) => text.split(/[.(\n]/)[0]!.trim();

/** Flags whose value is a file. */
const takesFile = (flag: string) => flag === '--config';

function bash({ program, commands, rootFlags }: Completions): string {
  const identifier = program.replace(/\W/g, '_');
  const cases = commands.map(({ name, flags }) => `    ${name}) words="${[...names(flags), '--help'].join(' ')}" ;;`);
  return `# bash completion of ${program}: source <(${program} completion bash)
_${identifier}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  if [ "$previous" = --config ]; then COMPREPLY=($(compgen -f -- "$current")); return; fi
  case "$command" in
${cases.join('\n')}
    *) words="${[...commands.map(({ name }) => name), 'help', ...names(rootFlags)].join(' ')}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _${identifier} ${program}
`;
}

function zsh({ program, commands, rootFlags }: Completions): string {
  const identifier = program.replace(/\W/g, '_');
  const escaped = (text: string) => text.replace(/([\\[\]:])/g, '\\$1');
  const option = ({ name, help, value }: Flag) => {
    const action = value === undefined ? '' : takesFile(`--${name}`) ? ':file:_files' : `:${escaped(brief(value))}:`;
    return quoted(`--${name}[${escaped(brief(help))}]${action}`);
  };
  const described = commands.map(({ name, about }) => `    ${quoted(`${name}:${escaped(about)}`)}`);
  const cases = commands.map(
    ({ name, flags }) => `    ${name}) _arguments ${flags.map(option).join(' ')} '*:file:_files' ;;`,
  );
  return `#compdef ${program}
# zsh completion of ${program}: source <(${program} completion zsh)
_${identifier}() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  local context state line
  _arguments -C ${rootFlags.map(option).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
  command) _describe command commands ;;
  argument)
    case $line[1] in
${cases.join('\n')}
    esac ;;
  esac
}
compdef _${identifier} ${program}
`;
}

function fish({ program, commands, rootFlags }: Completions): string {
  const option =
    (condition: string) =>
    ({ name, short, help, value }: Flag) =>
      [
        `complete -c ${program} -n ${quoted(condition)} -l ${name}`,
        ...(short === undefined ? [] : [`-s ${short}`]),
        ...(value === undefined ? [] : ['-r']),
        `-d ${quoted(brief(help))}`,
      ].join(' ');
  const lines = [
    `# fish completion of ${program}: ${program} completion fish | source`,
    ...rootFlags.map(option('__fish_use_subcommand')),
    ...commands.flatMap(({ name, about, flags }) => [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...flags.map(option(`__fish_seen_subcommand_from ${name}`)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

const scripts: Readonly<Record<string, (completions: Completions) => string>> = { bash, zsh, fish };

/** Returns the command `completion`, which prints a script for a shell. `completions` is read when the command runs. */
export function completionCommand(completions: (program: string) => Completions): Command {
  return {
    name: 'completion',
    about: 'Generate the autocompletion script for the specified shell',
    longAbout: `Generate the autocompletion script for the specified shell.

Examples:
  source <(pitot completion bash)
  pitot completion zsh > "\${fpath[1]}/_pitot"
  pitot completion fish > ~/.config/fish/completions/pitot.fish`,
    operands: { name: 'bash|zsh|fish', min: 1, max: 1 },
    flags: [],
    execute: ({ operands }, { build }) => {
      const script = scripts[operands[0]!];
      if (!script)
        throw new UsageError(
          `unknown shell ${JSON.stringify(operands[0])}; use one of: ${Object.keys(scripts).join(', ')}`,
        );
      return script(completions(build.command));
    },
  };
}

import type { Command } from './command.ts';
import { type Flag, UsageError } from './parse-arguments.ts';

/** Commands and flags that a completion script offers. */
export interface Completions {
  readonly program: string;
  readonly commands: readonly Pick<Command, 'name' | 'about' | 'flags' | 'operands'>[];
  readonly rootFlags: readonly Flag[];
}

const names = (flags: readonly Flag[]) => flags.map(({ name }) => `--${name}`);
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** The first sentence of a help text. */
const brief = (text: string) => text.split(/[.(\n]/)[0]!.trim();

/** Words that can follow a flag; undefined for any text. Placeholders such as `file|resource` list them. */
const wordsOf = ({ value = '' }: Flag): readonly string[] | undefined =>
  /^[\w-]+(\|[\w-]+)+$/.test(value) ? value.split('|') : undefined;

/** Flags whose value is a file. */
const takesFile = (flag: string) => flag === '--config';

function bash({ program, commands, rootFlags }: Completions): string {
  const identifier = program.replace(/\W/g, '_');
  const cases = commands.map(
    ({ name, flags, operands }) => `    ${name}) words="${[...(operands?.words ?? []), ...names(flags)].join(' ')}" ;;`,
  );
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap((flag) => {
      const words = wordsOf(flag);
      return words ? [`    "${name} --${flag.name}") words="${words.join(' ')}" ;;`] : [];
    }),
  );
  const all = commands.map(({ name }) => name).join(' ');
  return `# bash completion of ${program}: source <(${program} completion bash)
_${identifier}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  if [ "$previous" = --config ]; then COMPREPLY=($(compgen -f -- "$current")); return; fi
  # Bash splits --flag=value at the equals sign.
  if [ "$current" = "=" ]; then current=""; fi
  if [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  case "$command $previous" in
${values.join('\n')}
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); return; fi
  case "$command" in
${cases.join('\n')}
    help) words="${all}" ;;
    *) words="${all} ${['help', ...names(rootFlags)].join(' ')}" ;;
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
  const option = (flag: Flag) => {
    const { name, help, value } = flag;
    const words = wordsOf(flag);
    const label = `:${escaped(words ? name : brief(value ?? ''))}:`;
    const action = takesFile(`--${name}`) ? ':file:_files' : words ? `${label}(${words.join(' ')})` : label;
    return quoted(`--${name}[${escaped(brief(help))}]${value === undefined ? '' : action}`);
  };
  const described = commands.map(({ name, about }) => `    ${quoted(`${name}:${escaped(about)}`)}`);
  const cases = commands.map(
    ({ name, flags, operands }) =>
      `    ${name}) _arguments ${flags.map(option).join(' ')} ${operands?.words ? `'1:word:(${operands.words.join(' ')})' ` : ''}'*:file:_files' ;;`,
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
  const option = (condition: string) => (flag: Flag) => {
    const { name, short, help, value } = flag;
    const words = wordsOf(flag);
    return [
      `complete -c ${program} -n ${quoted(condition)} -l ${name}`,
      ...(short === undefined ? [] : [`-s ${short}`]),
      ...(value === undefined ? [] : ['-r']),
      ...(words ? [`-f -a ${quoted(words.join(' '))}`] : []),
      `-d ${quoted(brief(help))}`,
    ].join(' ');
  };
  const lines = [
    `# fish completion of ${program}: ${program} completion fish | source`,
    ...rootFlags.map(option('__fish_use_subcommand')),
    ...commands.flatMap(({ name, about, flags, operands }) => [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...(operands?.words ?? []).map(
        (word) => `complete -c ${program} -n ${quoted(`__fish_seen_subcommand_from ${name}`)} -a ${word}`,
      ),
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
    operands: { name: 'bash|zsh|fish', min: 1, max: 1, words: Object.keys(scripts) },
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

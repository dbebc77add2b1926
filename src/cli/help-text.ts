import type { Flag } from './parse-arguments.ts';

interface HelpParts {
  readonly about?: string;
  /** After the program's name: `validate [flags]`. One line each. */
  readonly usages: readonly string[];
  readonly aliases?: string;
  readonly commands?: readonly (readonly [name: string, about: string])[];
  readonly flags: readonly Flag[];
  readonly footer?: string;
}

/** Returns a help text in the Collector's layout. */
export function helpText(program: string, { about, usages, aliases, commands, flags, footer }: HelpParts): string {
  const parts = [`Usage:\n${usages.map((usage) => `  ${program} ${usage}\n`).join('')}`];
  if (about !== undefined) parts.unshift(`${about}\n`);
  if (aliases !== undefined) parts.push(`Aliases:\n  ${aliases}\n`);
  if (commands) {
    const width = Math.max(...commands.map(([name]) => name.length));
    const lines = commands.map(([name, text]) => `  ${name.padEnd(width)} ${text}\n`);
    parts.push(`Available Commands:\n${lines.join('')}`);
  }
  parts.push(`Flags:\n${flagTable(flags)}`);
  if (footer !== undefined) parts.push(`${footer}\n`);
  return parts.join('\n');
}

function flagTable(flags: readonly Flag[]): string {
  const heads = flags.map(({ name, short, value }) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    return `  ${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
  });
  const width = Math.max(...heads.map((head) => head.length));
  return flags.map(({ help }, index) => `${heads[index]!.padEnd(width)}   ${help}\n`).join('');
}

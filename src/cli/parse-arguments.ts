import { editDistance } from '#config/closest.ts';

/** An option of a command, with the spelling of the Collector's command line. */
export interface Flag {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** Placeholder in the help text. Absent if the flag has no value. */
  readonly value?: string;
  readonly help: string;
  /**
   * Checks a value while parsing.
   * @throws Error whose message is appended to the complaint
   */
  check?(value: string): void;
}

/** Flags and operands of a command line. */
export interface ParsedArguments {
  /** Values in their order; `''` for flags without a value. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

/** Returns the last value of a flag. */
export function lastValue({ flags }: Pick<ParsedArguments, 'flags'>, name: string): string | undefined {
  return flags.get(name)?.at(-1);
}

/** An invalid command line. The message is the Collector's. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Splits arguments into flags and operands, GNU style: `--flag value`, `--flag=value`, `-f`, and `--` before operands
 * only.
 * @throws UsageError, with a suggestion for an unknown flag if `suggests` is set; otherwise with the Collector's text
 */
export function parseArguments(
  args: readonly string[],
  known: readonly Flag[],
  { suggests = false }: { readonly suggests?: boolean } = {},
): ParsedArguments {
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  const take = (flag: Flag, value: string, spelled: string) => {
    try {
      flag.check?.(value);
    } catch (error) {
      throw new UsageError(
        `invalid argument ${JSON.stringify(value)} for "${spelled}" flag: ${(error as Error).message}`,
      );
    }
    flags.set(flag.name, [...(flags.get(flag.name) ?? []), value]);
  };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=');
      const name = arg.slice(2, equals < 0 ? undefined : equals);
      if (name === '') throw new UsageError(`bad flag syntax: ${arg}`);
      const flag = known.find((candidate) => candidate.name === name);
      if (!flag) throw new UsageError(`unknown flag: --${name}${suggests ? similarTo(name, known) : ''}`);
      if (equals >= 0) take(flag, arg.slice(equals + 1), `--${name}`);
      else if (flag.value === undefined) take(flag, '', `--${name}`);
      else if (index + 1 < args.length) take(flag, args[++index]!, `--${name}`);
      else throw new UsageError(`flag needs an argument: --${name}`);
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (const letter of arg.slice(1)) {
        const flag = known.find(({ short }) => short === letter);
        if (!flag)
          throw new UsageError(
            `unknown shorthand flag: '${letter}' in ${arg}${suggests ? suggestionFor(letter, known) : ''}`,
          );
        take(flag, '', `-${letter}, --${flag.name}`);
      }
    } else operands.push(arg);
  }
  return { flags, operands };
}

/** Suggests a flag for a letter that other programs use, such as `-c` for `--config`. */
function suggestionFor(letter: string, known: readonly Flag[]): string {
  const candidates = known.filter(({ name, short }) => short === undefined && name.startsWith(letter));
  return candidates.length === 1 ? `; did you mean --${candidates[0]!.name}?` : '';
}

function similarTo(name: string, known: readonly Flag[]): string {
  const [closest] = known
    .map((flag) => ({ name: flag.name, distance: editDistance(name, flag.name) }))
    .sort((a, b) => a.distance - b.distance);
  return closest !== undefined && closest.distance <= 2 ? `; did you mean --${closest.name}?` : '';
}

import type { BuildInfo } from '#build-info.ts';
import type { Collector } from '#collector.ts';
import type { Flag, ParsedArguments } from './parse-arguments.ts';

/** Result of a command line: text to print, or a collector to run. */
export type Outcome = Printed | { readonly run: Collector; readonly notices: readonly string[] };

/** What a command prints after it has ended. */
export interface Printed {
  /** Text for standard output. */
  readonly print: string;
  /** Lines for standard error. */
  readonly remarks?: readonly string[];
  /** Exit status; 0 by default. */
  readonly exitCode?: number;
}

/** What a command receives from the process that runs it. */
export interface CommandLine {
  readonly args: readonly string[];
  readonly build: BuildInfo;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Output and signals of a command that runs for some time. */
export interface CommandIo {
  /** Writes to standard output immediately, for results that appear one after the other. */
  readonly output: (text: string) => void;
  /** Writes progress to standard error. */
  readonly progress: (text: string) => void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Aborts at SIGINT or SIGTERM. A command that runs until it is stopped then returns normally. */
  readonly stopped: AbortSignal;
}

/** A subcommand. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly about: string;
  /** Shown by `--help` of the command instead of `about`. */
  readonly longAbout?: string;
  /** `min` is 0 by default. `words`: values of the first operand, for completion. */
  readonly operands?: {
    readonly name: string;
    readonly min?: number;
    readonly max: number;
    readonly words?: readonly string[];
  };
  readonly flags: readonly Flag[];
  /** Meaning of the exit status, such as `0 if …, 1 if …`. By default, 0 means success. */
  readonly exitStatus?: string;
  /** Exit status of an error, wrong usage included, for a command whose status 1 is an answer; 1 by default. */
  readonly errorStatus?: number;
  /** For a command of the Collector: what only pitot's has. Under the Collector's name, it is absent. */
  readonly own?: {
    readonly flags: readonly Flag[];
    readonly examples: readonly string[];
    readonly exitStatus?: string;
  };
  execute(parsed: ParsedArguments, line: CommandLine, io: CommandIo): Promise<string | Printed> | string | Printed;
}

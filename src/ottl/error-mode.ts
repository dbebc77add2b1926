import type { CompiledCondition, CompiledStatement } from './compile.ts';
import type { OttlContext } from './context.ts';
import { OttlError } from './ottl-error.ts';

/** Effect of a statement or condition that fails: a warning, nothing, or a refused request. */
export type ErrorMode = 'ignore' | 'silent' | 'propagate';

export const errorModes: readonly ErrorMode[] = ['ignore', 'silent', 'propagate'];

/** Reports a failure. */
export type Report = (message: string, fields: Readonly<Record<string, string>>) => void;

/** A condition, or a statement, with its text. */
export interface Named<Compiled> {
  readonly text: string;
  readonly run: Compiled;
}

interface ErrorHandling {
  readonly errorMode: ErrorMode;
  readonly report: Report;
}

/** Returns whether one of several conditions holds. @throws OttlError for one that fails, with `propagate` */
export function anyHolds(
  conditions: readonly Named<CompiledCondition>[],
  context: OttlContext,
  { errorMode, report }: ErrorHandling,
): boolean {
  for (const { text, run } of conditions) {
    try {
      if (run(context)) return true;
    } catch (error) {
      if (!(error instanceof OttlError)) throw error;
      if (errorMode === 'propagate') throw new OttlError(`failed to eval condition: ${text}, ${error.message}`);
      if (errorMode === 'ignore') report('error evaluating condition', { condition: text, error: error.message });
    }
  }
  return false;
}

/** Runs statements in order. @throws OttlError for one that fails, with `propagate` */
export function runAll(
  statements: readonly Named<CompiledStatement>[],
  context: OttlContext,
  { errorMode, report }: ErrorHandling,
): void {
  for (const { text, run } of statements) {
    try {
      run(context);
    } catch (error) {
      if (!(error instanceof OttlError)) throw error;
      if (errorMode === 'propagate') throw new OttlError(`failed to execute statement: ${text}, ${error.message}`);
      if (errorMode === 'ignore') report('failed to execute statement', { statement: text, error: error.message });
    }
  }
}

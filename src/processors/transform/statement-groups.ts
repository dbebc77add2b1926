import { type CompiledCondition, type CompiledStatement, compileCondition, compileStatement } from '#ottl/compile.ts';
import type { ContextName } from '#ottl/context.ts';
import { inferContext } from '#ottl/context-inference.ts';
import type { ErrorMode, Named } from '#ottl/error-mode.ts';
import { OttlParseError } from '#ottl/ottl-error.ts';
import { type OttlSignal, signalContexts } from '#ottl/signal-contexts.ts';
import type { StatementGroupConfig } from './config.ts';

/** Statements that run for the same items, in order. */
export interface StatementGroup {
  readonly context: ContextName;
  /** The statements run if one of these holds, and always if there are none. */
  readonly conditions: readonly Named<CompiledCondition>[];
  readonly statements: readonly Named<CompiledStatement>[];
  readonly errorMode: ErrorMode;
  readonly sharesCache: boolean;
}

/**
 * Compiles a group. Without a context, the context is the innermost item to which a path refers.
 * @throws OttlParseError if a statement or condition is invalid
 */
export function compiledGroup(
  group: StatementGroupConfig,
  { signal, errorMode }: { readonly signal: OttlSignal; readonly errorMode: ErrorMode },
): StatementGroup {
  const { statements, conditions } = group;
  const candidates: readonly ContextName[] = signalContexts[signal];
  const context = group.context || inferContext({ statements, conditions, candidates, processor: 'transform' });
  if (!candidates.includes(context as ContextName)) {
    throw new OttlParseError(
      `unknown context "${context}" for statements: [${statements.join(' ')}]; ${signal} have: ${candidates.join(', ')}`,
    );
  }
  const options = { context: context as ContextName, needsPrefix: group.context === '' };
  return {
    context: options.context,
    // Same as in the Collector, conditions have the functions of the filter processor.
    conditions: conditions.map((text) => ({ text, run: compileCondition(text, { ...options, processor: 'filter' }) })),
    statements: statements.map((text) => ({
      text,
      run: compileStatement(text, { ...options, processor: 'transform' }),
    })),
    errorMode: group.errorMode || errorMode,
    sharesCache: group.sharedCache,
  };
}

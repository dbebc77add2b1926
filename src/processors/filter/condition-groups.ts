import { type CompiledCondition, compileCondition } from '#ottl/compile.ts';
import type { ContextName } from '#ottl/context.ts';
import { inferContext } from '#ottl/context-inference.ts';
import type { ErrorMode, Named } from '#ottl/error-mode.ts';
import { OttlParseError } from '#ottl/ottl-error.ts';
import { type OttlSignal, signalContexts } from '#ottl/signal-contexts.ts';
import type { ConditionGroupConfig, FilterConfig } from './config.ts';

/** Conditions that are evaluated in one pass over a request, by the item that they drop. */
export interface ConditionGroup {
  readonly errorMode: ErrorMode;
  readonly conditions: ReadonlyMap<ContextName, readonly Named<CompiledCondition>[]>;
}

/** Contexts of items that can be dropped. */
function candidatesOf(signal: OttlSignal): readonly ContextName[] {
  return signalContexts[signal].filter((context) => context !== 'exemplar');
}

/** Compiles all conditions of a signal. @throws OttlParseError */
export function conditionGroups(config: FilterConfig, signal: OttlSignal): readonly ConditionGroup[] {
  const { groups, byItem } = settingsOf(config, signal);
  if (groups.length > 0) return groups.map((group) => inferredGroup(group, signal, config.errorMode));
  const conditions = new Map<ContextName, Named<CompiledCondition>[]>();
  for (const [context, texts] of Object.entries(byItem) as [ContextName, readonly string[]][]) {
    if (texts.length > 0)
      conditions.set(
        context,
        texts.map((text) => compiled(text, { context })),
      );
  }
  return conditions.size === 0 ? [] : [{ errorMode: config.errorMode, conditions }];
}

function settingsOf(config: FilterConfig, signal: OttlSignal) {
  const { metrics, traces, logs } = config;
  switch (signal) {
    case 'metrics':
      return {
        groups: config.metricConditions,
        byItem: { resource: metrics.resource, metric: metrics.metric, datapoint: metrics.datapoint },
      };
    case 'traces':
      return {
        groups: config.traceConditions,
        byItem: { resource: traces.resource, span: traces.span, spanevent: traces.spanevent },
      };
    case 'logs':
      return { groups: config.logConditions, byItem: { resource: logs.resource, log: logs.logRecord } };
  }
}

function inferredGroup(group: ConditionGroupConfig, signal: OttlSignal, errorMode: ErrorMode): ConditionGroup {
  const candidates = candidatesOf(signal);
  const conditions = new Map<ContextName, Named<CompiledCondition>[]>();
  for (const text of group.conditions) {
    const context = group.context || inferContext({ conditions: [text], candidates, processor: 'filter' });
    if (!candidates.includes(context as ContextName)) {
      throw new OttlParseError(
        `unknown context "${context}" for conditions: [${group.conditions.join(' ')}]; ${signal} have: ${candidates.join(', ')}`,
      );
    }
    const name = context as ContextName;
    const condition = compiled(text, { context: name, needsPrefix: group.context === '' });
    conditions.set(name, [...(conditions.get(name) ?? []), condition]);
  }
  return { errorMode: group.errorMode || errorMode, conditions };
}

function compiled(text: string, options: { readonly context: ContextName; readonly needsPrefix?: boolean }) {
  return { text, run: compileCondition(text, { ...options, processor: 'filter' }) };
}

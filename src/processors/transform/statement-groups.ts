import type { ContextName } from '#ottl/context.ts';

/** Statements of one context, with the conditions of which at least one must hold. */
export interface StatementGroup {
  readonly context: ContextName;
  readonly conditions: readonly string[];
  readonly statements: readonly string[];
}

const groupKeys = new Set([
  'context',
  'conditions',
  'statements',
  'error_mode',
  'statements_error_mode',
  'shared_cache',
]);
const contexts: readonly ContextName[] = ['resource', 'scope', 'metric', 'datapoint'];
/** Editors that say by themselves that their statement is about a metric. */
const metricEditor = /^\s*(convert_|extract_|copy_metric|scale_metric|aggregate_on)/;

/**
 * Reads `metric_statements`: texts, or groups. Without a context the deepest item that a path names decides.
 * Neighbouring texts of one context form one group. `problem` says what is wrong with the list.
 */
export function statementGroups(items: readonly unknown[]): { groups: StatementGroup[]; problem: string | undefined } {
  const groups: StatementGroup[] = [];
  for (const item of items) {
    const group = (typeof item === 'string' ? { statements: [item] } : item) as Record<string, unknown> | null;
    if (typeof group !== 'object' || group === null || Object.keys(group).some((key) => !groupKeys.has(key))) {
      return {
        groups,
        problem: 'metric_statements must be a list of statements or of {context, conditions, statements}',
      };
    }
    const { statements = [], conditions = [] } = group;
    if (!isTexts(statements) || !isTexts(conditions))
      return { groups, problem: 'statements and conditions must be lists of texts' };
    const context = (group.context ?? inferred([...statements, ...conditions])) as ContextName;
    if (!contexts.includes(context)) return { groups, problem: `unknown context ${context}` };
    groups.push({ context, conditions, statements });
  }
  return { groups, problem: undefined };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function inferred(texts: readonly string[]): ContextName {
  const all = texts.map((text) => text.replace(/"(?:\\.|[^"\\])*"/g, '""')).join('\n');
  if (/\bdatapoint\./.test(all)) return 'datapoint';
  if (/\bmetric\./.test(all) || texts.some((text) => metricEditor.test(text))) return 'metric';
  if (/\b(instrumentation_)?scope\./.test(all)) return 'scope';
  return /\bresource\./.test(all) ? 'resource' : 'metric';
}

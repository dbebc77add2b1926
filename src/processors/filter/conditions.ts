import type { ContextName } from '#ottl/context.ts';

/** OTTL conditions by the context in which they are asked. */
export interface ConditionTexts {
  readonly resource: readonly string[];
  readonly metric: readonly string[];
  readonly datapoint: readonly string[];
}

const groupKeys = new Set(['context', 'conditions', 'error_mode']);

/**
 * Sorts `metric_conditions`: texts, or groups `{context, conditions}`. Without a context the deepest item that a path names
 * decides: `datapoint.`, `metric.`, `scope.` or `resource.`. `problem` says what is wrong with the list.
 */
export function inferredConditions(items: readonly unknown[]): {
  conditions: ConditionTexts;
  problem: string | undefined;
} {
  const conditions = { resource: [] as string[], metric: [] as string[], datapoint: [] as string[] };
  for (const item of items) {
    const group = typeof item === 'string' ? { conditions: [item] } : (item as Record<string, unknown>);
    const wrong = typeof group !== 'object' || group === null || Object.keys(group).find((key) => !groupKeys.has(key));
    const texts = wrong ? undefined : (group as { conditions?: unknown }).conditions;
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
      return { conditions, problem: 'metric_conditions must be a list of conditions or of {context, conditions}' };
    }
    for (const text of texts) {
      const context = ((group as { context?: string }).context ?? inferred(text)) as ContextName;
      if (context !== 'resource' && context !== 'metric' && context !== 'datapoint') {
        return { conditions, problem: `unknown context ${context}: it must be resource, metric or datapoint` };
      }
      conditions[context].push(text);
    }
  }
  return { conditions, problem: undefined };
}

function inferred(text: string): ContextName {
  const unquoted = text.replace(/"(?:\\.|[^"\\])*"/g, '""');
  if (/\bdatapoint\./.test(unquoted)) return 'datapoint';
  if (/\bmetric\./.test(unquoted) || !/\bresource\./.test(unquoted)) return 'metric';
  return 'resource';
}

import type { ResourceLabels } from './resource-labels-config.ts';

const serviceKeys = ['service.name', 'service.namespace', 'service.instance.id'];

/** Returns a function that determines by key whether a resource attribute becomes a label. Undefined if none does. */
export function resourceLabelMatcher(settings: ResourceLabels): ((key: string) => boolean) | undefined {
  const { included, excluded, enabled, excludeServiceAttributes } = settings;
  if (included.length === 0 && excluded.length === 0) {
    if (!enabled) return undefined;
    return (key) => !(excludeServiceAttributes && serviceKeys.includes(key));
  }
  const includes = anyOf(included.length > 0 ? included : ['*']);
  const excludes = anyOf(excluded);
  return (key) => !excludes.test(key) && includes.test(key);
}

/**
 * Returns a regular expression for keys that match one of the patterns as a whole: `*` is any text, `?` one character.
 */
function anyOf(patterns: readonly string[]): RegExp {
  const alternatives = patterns.map((pattern) =>
    pattern
      .replace(/[\\^$.+|()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.'),
  );
  return new RegExp(alternatives.length === 0 ? '(?!)' : `^(?:${alternatives.join('|')})$`, 'su');
}

import { RE2JS } from 're2js';
import { expandGo } from '#go/replacement.ts';
import type { K8sAttributesConfig } from './config.ts';
import type { ObjectKind } from './object-kinds.ts';

export type FieldSource = 'pod' | ObjectKind;

/** Rules for labels and annotations of one kind of object. */
export interface FieldRules {
  readonly labels: readonly FieldRule[];
  readonly annotations: readonly FieldRule[];
}

/** Adds one label or annotation, or all that match a pattern, to attributes. */
type FieldRule = (fields: Readonly<Record<string, string>>, attributes: Map<string, string>) => void;

type FieldConfig = K8sAttributesConfig['extract']['labels'][number];

/** Returns the rules that read the objects of one kind. */
export function fieldRulesOf(source: FieldSource, { extract }: Pick<K8sAttributesConfig, 'extract'>): FieldRules {
  const rules = (fields: readonly FieldConfig[], what: string) =>
    fields
      .filter(({ from }) => (from || 'pod') === source)
      .map((field) => ruleOf(field, `k8s.${source}.${nameOf(source, what)}`));
  const annotations = rules(extract.annotations, 'annotation');
  if (source === 'pod' && extract.otelAnnotations) {
    const all: FieldConfig = { tagName: '$1', key: '', keyRegex: 'resource\\.opentelemetry\\.io/(.+)', from: 'pod' };
    annotations.push(ruleOf(all, ''));
  }
  return { labels: rules(extract.labels, 'label'), annotations };
}

/** Names of pods, namespaces, and nodes are plural, for historical reasons. */
function nameOf(source: FieldSource, what: string): string {
  return source === 'pod' || source === 'namespace' || source === 'node' ? `${what}s` : what;
}

function ruleOf({ tagName, key, keyRegex }: FieldConfig, prefix: string): FieldRule {
  if (keyRegex === '') {
    return (fields, attributes) => {
      if (Object.hasOwn(fields, key)) attributes.set(tagName || `${prefix}.${key}`, fields[key]!);
    };
  }
  const pattern = RE2JS.compile(`^(?:${keyRegex})$`);
  const usesTemplate = tagName !== '' && pattern.groupCount() > 0;
  return (fields, attributes) => {
    for (const [name, value] of Object.entries(fields)) {
      if (value === '') continue;
      const matcher = pattern.matcher(name);
      if (!matcher.find()) continue;
      attributes.set(usesTemplate ? expandGo(pattern, matcher, tagName) : `${prefix}.${name}`, value);
    }
  };
}

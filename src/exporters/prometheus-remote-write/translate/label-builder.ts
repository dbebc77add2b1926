import { toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import type { InstrumentationScope, Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import { compareBytes } from '#prometheus/from-otlp/label-shape.ts';
import type { ByteString } from '#prometheus/metric-family.ts';
import { BaseLabels } from './base-labels.ts';

/** How attributes become labels of Remote Write. */
export interface LabelRules {
  /** Returns the label name of an attribute key. Undefined if there is none. */
  readonly labelName: (key: string) => string | undefined;
  /** Names and values of labels that every series gets unless it has a label of the same name. */
  readonly externalLabels: ReadonlyMap<string, string>;
  readonly hasScopeLabels: boolean;
}

/** Label that the translation adds to the series of a metric; `''` if there is none. */
export type ReservedLabel = '' | 'le' | 'quantile';

/** Scope attributes that are not labels, because labels of these names contain the fields of the scope. */
const notLabels: ReadonlySet<string> = new Set(['name', 'version', 'schema_url']);

/** Maximum number of cached resources, scopes of a resource, and attribute sets. */
const maxKnownResources = 2_000;
const maxKnownScopes = 200;
const maxKnownSets = 100_000;

/** Labels of the points of one resource and scope, by the attributes of the point. */
type KnownSets = Memo<Attributes, BaseLabels>;

/**
 * Builds the labels of a point from its resource, scope, and attributes as the Collector does. Data is interned, so the result is
 * cached by reference.
 *
 * If an attribute has the name of a label that the exporter sets (`job`, `instance`, `otel_scope_…`, `le`, `quantile`), the
 * Collector overwrites it, or sends a label twice. pitot renames it to `exported_…`.
 */
export class LabelBuilder {
  readonly #rules: LabelRules;
  readonly #external: readonly (readonly [ByteString, ByteString])[];
  #known = new Memo<Resource, Memo<InstrumentationScope, Map<ReservedLabel, KnownSets>>>(maxKnownResources);
  /** Number of cached sets. Above a limit, the cache is discarded. */
  #size = 0;

  constructor(rules: LabelRules) {
    this.#rules = rules;
    this.#external = [...rules.externalLabels].map(([name, value]) => [toByteString(name), toByteString(value)]);
  }

  /** Returns a function that builds the labels of points. `reserved` is not available for attributes. */
  forPoints(
    resource: Resource,
    scope: InstrumentationScope,
    reserved: ReservedLabel,
  ): (attributes: Attributes) => BaseLabels {
    if (this.#size > maxKnownSets) {
      this.#known = new Memo(maxKnownResources);
      this.#size = 0;
    }
    const scopes = this.#known.get(resource) ?? this.#known.set(resource, new Memo(maxKnownScopes));
    const kinds = scopes.get(scope) ?? scopes.set(scope, new Map());
    let sets = kinds.get(reserved);
    if (sets === undefined) {
      sets = new Memo(maxKnownSets);
      kinds.set(reserved, sets);
    }
    const known = sets;
    const own = this.#ownLabels(resource, scope);
    const taken = new Set(own.keys());
    if (reserved !== '') taken.add(reserved);
    return (attributes) => {
      const found = known.get(attributes);
      if (found !== undefined) return found;
      this.#size += 1;
      return known.set(attributes, this.#build(attributes.entries, own, taken));
    };
  }

  /** Returns the labels of `target_info`: those of a resource without the attributes of `ignored`. */
  forTargetInfo(resource: Resource, ignored: ReadonlySet<string>): BaseLabels {
    const own = this.#targetLabels(resource);
    const entries = resource.attributes.entries.filter(({ key }) => !ignored.has(key));
    return this.#build(entries, own, new Set(own.keys()));
  }

  #build(
    entries: readonly KeyValue[],
    own: ReadonlyMap<ByteString, ByteString>,
    taken: ReadonlySet<ByteString>,
  ): BaseLabels {
    const labels = new Map<ByteString, ByteString>();
    for (const { key, value } of sortedByKey(entries)) {
      if (value === '') continue;
      const built = this.#rules.labelName(key);
      if (built === undefined) continue;
      let name = toByteString(built);
      while (taken.has(name)) name = `exported_${name}`;
      const before = labels.get(name);
      if (before === undefined) labels.set(name, value);
      else if (before !== value) labels.set(name, `${before};${value}`);
    }
    for (const [name, value] of own) labels.set(name, value);
    for (const [name, value] of this.#external) if (!labels.has(name)) labels.set(name, value);
    const sorted = [...labels].sort(([a], [b]) => compareBytes(a, b));
    return new BaseLabels(
      sorted.map(([name]) => name),
      sorted.map(([, value]) => value),
    );
  }

  #ownLabels(resource: Resource, scope: InstrumentationScope): Map<ByteString, ByteString> {
    const labels = this.#targetLabels(resource);
    if (!this.#rules.hasScopeLabels) return labels;
    const set = (key: string, text: string) => {
      const name = this.#rules.labelName(`otel_scope_${key}`);
      if (name !== undefined && text !== '') labels.set(toByteString(name), toByteString(text));
    };
    set('name', scope.name);
    set('version', scope.version);
    for (const { key, value } of scope.attributes.entries) if (!notLabels.has(key)) set(key, valueText(value));
    return labels;
  }

  /** Returns the labels job and instance, each only if its attribute is not empty. */
  #targetLabels({ attributes }: Resource): Map<ByteString, ByteString> {
    const text = (key: string) => {
      const entry = attributes.entries.find((one) => one.key === key);
      return entry && toByteString(valueText(entry.value));
    };
    const labels = new Map<ByteString, ByteString>();
    const name = text('service.name');
    const namespace = text('service.namespace');
    if (name) labels.set('job', namespace === undefined ? name : `${namespace}/${name}`);
    const instance = text('service.instance.id');
    if (instance) labels.set('instance', instance);
    return labels;
  }
}

/** Returns the attributes as text, sorted bytewise by key. Equal keys keep their order. */
function sortedByKey(entries: readonly KeyValue[]): { readonly key: string; readonly value: ByteString }[] {
  return entries
    .map(({ key, value }) => ({ key, sortKey: toByteString(key), value: toByteString(valueText(value)) }))
    .sort((a, b) => compareBytes(a.sortKey, b.sortKey));
}

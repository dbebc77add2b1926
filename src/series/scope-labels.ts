import { toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { InstrumentationScope } from '#pdata/metrics.ts';
import { LabelScheme } from '#prometheus/from-otlp/label-shape.ts';
import { identifyScope, type ScopeIdentity } from '#prometheus/from-otlp/scope-identity.ts';
import type { ByteString } from '#prometheus/metric-family.ts';
import { LabelSetTable } from './label-set-table.ts';
import type { DataType } from './policy.ts';

/**
 * Maximum number of scopes and schemes that are cached by reference or key. A discarded one is created again when
 * needed.
 */
const maxKnownScopes = 2_000;

/** Common properties of the series of one target, scope, and kind of metric. */
export interface ScopeLabels {
  readonly sets: LabelSetTable;
  /** Whether the values of all labels that the exporter sets are valid UTF-8. */
  readonly isValid: boolean;
}

/** Job and instance in the form of labels. */
interface LabelledTarget {
  readonly job: string | undefined;
  readonly instance: string | undefined;
}

/** How attributes become labels. */
export interface LabelRules {
  /** Names and values of the labels of every series. */
  readonly constLabels: ReadonlyMap<string, string>;
  readonly hasScopeLabels: boolean;
  /** Returns the label name of an attribute key. Undefined if there is none. */
  readonly labelName: (key: string) => string | undefined;
}

/**
 * Creates the labels that do not result from a point: constants, job, instance, scope. A duplicate name becomes
 * `exported_…`.
 */
export class ScopeLabelRules {
  readonly #rules: LabelRules;
  readonly #constNames: readonly ByteString[];
  readonly #constValues: readonly ByteString[];
  readonly #scopes = new Memo<InstrumentationScope, Map<string, ScopeIdentity>>(maxKnownScopes);
  readonly #schemes = new Memo<ScopeIdentity, Map<string, LabelScheme>>(maxKnownScopes);
  readonly #identities = new Map<string, ScopeIdentity>();

  constructor(rules: LabelRules) {
    this.#rules = rules;
    // An escape such as "\ud800" in a configuration file is not valid text.
    const valid = (text: string) => toByteString(text.toWellFormed());
    this.#constNames = [...rules.constLabels.keys()].map(valid);
    this.#constValues = [...rules.constLabels.values()].map(valid);
  }

  identify(scope: InstrumentationScope, schemaUrl: string): ScopeIdentity {
    let identities = this.#scopes.get(scope);
    if (identities === undefined) identities = this.#scopes.set(scope, new Map());
    let identity = identities.get(schemaUrl);
    if (identity === undefined) {
      identity = this.#canonical(
        identifyScope(scope, schemaUrl, this.#rules.hasScopeLabels ? this.#rules.labelName : undefined),
      );
      if (identities.size >= maxKnownScopes) identities.clear();
      identities.set(schemaUrl, identity);
    }
    return identity;
  }

  labelsOf(scope: ScopeIdentity, target: LabelledTarget, reserved: ReservedLabel): ScopeLabels {
    const constants = [...this.#constValues];
    if (target.job !== undefined) constants.push(toByteString(target.job));
    if (target.instance !== undefined) constants.push(toByteString(target.instance));
    constants.push(...scope.labelValues);
    return {
      sets: new LabelSetTable(this.#schemeOf(scope, target, reserved), constants),
      isValid: scope.isValid && (target.job?.isWellFormed() ?? true) && (target.instance?.isWellFormed() ?? true),
    };
  }

  /** Returns one object for equal scopes while it is cached. */
  #canonical(identity: ScopeIdentity): ScopeIdentity {
    const known = this.#identities.get(identity.key);
    if (known !== undefined) return known;
    if (this.#identities.size >= maxKnownScopes) this.#identities.clear();
    this.#identities.set(identity.key, identity);
    return identity;
  }

  #schemeOf(scope: ScopeIdentity, target: LabelledTarget, reserved: ReservedLabel): LabelScheme {
    const schemes = this.#schemes.get(scope) ?? this.#schemes.set(scope, new Map());
    const key = `${target.job === undefined ? '' : 'j'}${target.instance === undefined ? '' : 'i'}${reserved}`;
    let scheme = schemes.get(key);
    if (scheme === undefined) {
      const names = [...this.#constNames];
      if (target.job !== undefined) names.push('job');
      if (target.instance !== undefined) names.push('instance');
      names.push(...scope.labelNames);
      const taken = new Set<ByteString>(reserved === '' ? [] : [reserved]);
      const constants = names.map((name) => {
        let free = name;
        while (taken.has(free)) free = `exported_${free}`;
        taken.add(free);
        return free;
      });
      scheme = new LabelScheme({
        constants,
        reserved: reserved === '' ? [] : [reserved],
        labelName: this.#rules.labelName,
      });
      schemes.set(key, scheme);
    }
    return scheme;
  }
}

/** Label that the formats add to samples of a type. `''` if there is none. */
export type ReservedLabel = '' | 'le' | 'quantile';

/** Returns the label that the formats add to samples of the type. */
export function reservedLabel(type: DataType): ReservedLabel {
  if (type === 'Histogram' || type === 'ExponentialHistogram') return 'le';
  return type === 'Summary' ? 'quantile' : '';
}

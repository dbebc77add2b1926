import type { Resource } from '#pdata/metrics.ts';
import type { ScopeIdentity } from '#prometheus/from-otlp/scope-identity.ts';
import type { ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { Family } from './family.ts';
import type { Instrument } from './instrument.ts';
import type { DataType } from './policy.ts';
import { type ReservedLabel, reservedLabel, type ScopeLabelRules, type ScopeLabels } from './scope-labels.ts';

/**
 * All resources with one job and instance. Other attributes are not part of the target: `target_info` shows the latest
 * ones.
 */
export class Target {
  readonly key: string;
  readonly job: string | undefined;
  readonly instance: string | undefined;
  /** Resource of the latest accepted point. */
  resource: Resource;
  /** False after the target was removed together with its last instrument. */
  isLive = true;
  readonly instruments = new InstrumentIndex();
  /** The latest instrument. Its `next` predicts the following one. */
  cursor: Instrument | undefined = undefined;
  readonly #labels: { scope: ScopeIdentity; reserved: ReservedLabel; labels: ScopeLabels }[] = [];

  constructor(identity: ResourceIdentity, resource: Resource) {
    this.key = identity.targetKey;
    this.job = identity.job;
    this.instance = identity.instance;
    this.resource = resource;
  }

  /** Shared by all metrics of the scope whose samples have the same reserved label. */
  labelsOf(scope: ScopeIdentity, type: DataType, rules: ScopeLabelRules): ScopeLabels {
    const reserved = reservedLabel(type);
    const known = this.#labels.find((one) => one.scope === scope && one.reserved === reserved);
    if (known !== undefined) return known.labels;
    const labels = rules.labelsOf(scope, this, reserved);
    if (this.#labels.length >= maxRememberedScopes) this.#labels.shift();
    this.#labels.push({ scope, reserved, labels });
    return labels;
  }
}

/** The instruments of a target by metric name. Few of them share a name. */
class InstrumentIndex {
  readonly #byName = new Map<string, Instrument[]>();

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  /** `family` is undefined if the instrument's metric can have changed its name or type. */
  find(
    metricName: string,
    wanted: { readonly type: DataType; readonly scope: ScopeIdentity; readonly family: Family | undefined },
  ): Instrument | undefined {
    const { type, scope, family } = wanted;
    return this.#byName
      .get(metricName)
      ?.find(
        (one) =>
          one.type === type &&
          (one.scopeIdentity === scope || one.scopeIdentity.key === scope.key) &&
          (family === undefined || one.variant.family === family),
      );
  }

  add(instrument: Instrument): void {
    const sameName = this.#byName.get(instrument.metricName);
    if (sameName === undefined) this.#byName.set(instrument.metricName, [instrument]);
    else sameName.push(instrument);
  }

  remove(instrument: Instrument): void {
    const sameName = this.#byName.get(instrument.metricName);
    if (sameName === undefined) return;
    const rest = sameName.filter((one) => one !== instrument);
    if (rest.length === 0) this.#byName.delete(instrument.metricName);
    else this.#byName.set(instrument.metricName, rest);
  }
}

/** Maximum number of scopes of a target whose labels are cached for new metrics. */
const maxRememberedScopes = 32;

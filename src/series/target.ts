import type { Resource } from '#pdata/metrics.ts';
import type { ScopeIdentity } from '#prometheus/from-otlp/scope-identity.ts';
import type { ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { Family } from './family.ts';
import type { Instrument } from './instrument.ts';
import type { DataType } from './policy.ts';
import { type ReservedLabel, reservedLabel, type ScopeLabelRules, type ScopeLabels } from './scope-labels.ts';

/** All resources with one job and instance. Their other attributes are not part of the target: `target_info` shows the latest ones. */
export class Target {
  readonly key: string;
  readonly job: string | undefined;
  readonly instance: string | undefined;
  /** The resource of the latest accepted point. */
  resource: Resource;
  /** False after the target was forgotten together with its last instrument. */
  isLive = true;
  readonly instruments = new InstrumentIndex();
  /** The latest instrument; its `next` is the guess for the following one. */
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

/** The instruments of a target by metric name; few have the same one. */
class InstrumentIndex {
  readonly #byName = new Map<string, Instrument[]>();

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  /** `family`: undefined if the instrument's metric may have changed its name or type. */
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

/** Scopes of a target whose labels are remembered for the next new metric. */
const maxRememberedScopes = 32;

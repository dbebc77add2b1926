import type { Resource } from '#pdata/metrics.ts';
import type { ScopeIdentity } from '#prometheus/from-otlp/scope-identity.ts';
import type { ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { Instrument } from './instrument.ts';
import type { DataType } from './policy.ts';
import { type ReservedLabel, reservedLabel, type ScopeLabelRules, type ScopeLabels } from './scope-labels.ts';

/** All that has one job and instance. Other resource attributes are not part of it: the latest resource speaks for it. */
export class Target {
  readonly key: string;
  readonly job: string | undefined;
  readonly instance: string | undefined;
  /** The resource of the latest accepted point. */
  resource: Resource;
  /** False once the target is forgotten, which it is with its last instrument. */
  isLive = true;
  readonly instruments = new InstrumentIndex();
  /** The instrument met last; its `next` is a guess for the one that comes now. */
  cursor: Instrument | undefined = undefined;
  readonly #labels: { scope: ScopeIdentity; reserved: ReservedLabel; labels: ScopeLabels }[] = [];

  constructor(sender: ResourceIdentity, resource: Resource) {
    this.key = sender.targetKey;
    this.job = sender.job;
    this.instance = sender.instance;
    this.resource = resource;
  }

  /** Shared by all metrics of the scope whose samples have the same label of their own. */
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

  find(metricName: string, type: DataType, scope: ScopeIdentity): Instrument | undefined {
    return this.#byName
      .get(metricName)
      ?.find((one) => one.type === type && (one.scopeIdentity === scope || one.scopeIdentity.key === scope.key));
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

import { Memo } from '#cache/memo.ts';
import type { InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import { identifyResource, type ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { TargetInfo } from '#prometheus/from-otlp/target-info.ts';
import type { FamilyVariant } from './family.ts';
import type { FamilyRegistry, MetricKind } from './family-registry.ts';
import { Instrument } from './instrument.ts';
import type { DataType, SeriesPolicy } from './policy.ts';
import type { ScopeLabelRules } from './scope-labels.ts';
import { Target } from './target.ts';

/** Maximum characters of the resources that are recognized by reference. */
const maxKnownSize = 4 * 2 ** 20;

/** The parts of a metric in a message, except its points. */
export interface MetricPart {
  readonly metric: Metric;
  readonly scope: InstrumentationScope;
  readonly schemaUrl: string;
}

/** Targets and their instruments. Both exist while they have series. */
export class InstrumentRegistry {
  readonly #targets = new Map<string, Target>();
  readonly #instruments = new Set<Instrument>();
  readonly #identities = new Memo<Resource, ResourceIdentity>(maxKnownSize, ({ size }) => size);
  readonly #policy: SeriesPolicy;
  readonly #families: FamilyRegistry;
  readonly #labelRules: ScopeLabelRules;
  readonly #targetInfo: TargetInfo;

  constructor(options: {
    readonly policy: SeriesPolicy;
    readonly families: FamilyRegistry;
    readonly labelRules: ScopeLabelRules;
    readonly targetInfo: TargetInfo;
  }) {
    this.#policy = options.policy;
    this.#families = options.families;
    this.#labelRules = options.labelRules;
    this.#targetInfo = options.targetInfo;
  }

  get targets(): ReadonlyMap<string, Target> {
    return this.#targets;
  }

  /** Each can be removed during the iteration. */
  get instruments(): Iterable<Instrument> {
    return this.#instruments;
  }

  identityOf(resource: Resource): ResourceIdentity {
    const known = this.#identities.get(resource);
    if (known) return known;
    const identity = identifyResource(resource, this.#policy.processAttributes);
    this.#policy.resourceSeen(identity);
    return this.#identities.set(resource, identity);
  }

  targetOf(identity: ResourceIdentity, resource: Resource): Target {
    let target = this.#targets.get(identity.targetKey);
    if (target === undefined) {
      target = new Target(identity, resource);
      this.#targets.set(identity.targetKey, target);
      this.#targetInfo.changed();
    }
    return target;
  }

  /** Returns the instrument of a metric, and sets the description of the message for it. */
  instrumentOf(target: Target, part: MetricPart): Instrument {
    const guess = target.cursor?.next;
    if (guess?.isNamedBy(part)) {
      target.cursor = guess;
      return guess;
    }
    const { metric, scope, schemaUrl } = part;
    const variant = this.#families.variantOf(metric.descriptor, kindOf(metric));
    const instrument = this.#find(target, part, variant);
    instrument.scope = scope;
    instrument.schemaUrl = schemaUrl;
    instrument.descriptor = metric.descriptor;
    instrument.isMonotonic = metric.type === 'Sum' && metric.isMonotonic;
    instrument.variant = variant;
    if (target.cursor !== undefined) target.cursor.next = instrument;
    instrument.next ??= instrument;
    target.cursor = instrument;
    return instrument;
  }

  /** Returns the instrument of a metric, or undefined if there is none. */
  known(resource: Resource, { scope, schemaUrl, metric }: MetricPart): Instrument | undefined {
    const target = this.#targets.get(this.identityOf(resource).targetKey);
    const wanted = {
      type: metric.type as DataType,
      scope: this.#labelRules.identify(scope, schemaUrl),
      family: this.#policy.merging && this.#families.variantOf(metric.descriptor, kindOf(metric)).family,
    };
    return target?.instruments.find(metric.descriptor.name, wanted);
  }

  /** Call whenever series might have been removed. */
  forgetIfEmpty(instrument: Instrument): void {
    if (instrument.series.size > 0) return;
    this.#families.release(instrument.variant);
    const { target } = instrument;
    this.#instruments.delete(instrument);
    target.instruments.remove(instrument);
    // Prevents cursors from finding the instrument again.
    instrument.descriptor = undefined;
    instrument.next = undefined;
    if (target.cursor === instrument) target.cursor = undefined;
    if (!target.instruments.isEmpty) return;
    target.isLive = false;
    this.#targets.delete(target.key);
    this.#targetInfo.changed();
  }

  #find(target: Target, { metric, scope, schemaUrl }: MetricPart, { family }: FamilyVariant): Instrument {
    const type = metric.type as DataType;
    const scopeIdentity = this.#labelRules.identify(scope, schemaUrl);
    const metricName = metric.descriptor.name;
    // A metric that changes its type or unit belongs to another series if those are part of the stored identity.
    const ofFamily = this.#policy.merging ? family : undefined;
    let instrument = target.instruments.find(metricName, { type, scope: scopeIdentity, family: ofFamily });
    if (instrument === undefined) {
      const labels = target.labelsOf(scopeIdentity, type, this.#labelRules);
      instrument = new Instrument({
        target,
        scopeIdentity,
        type,
        metricName,
        rule: this.#policy.ruleFor(metric),
        labels,
      });
      target.instruments.add(instrument);
      this.#instruments.add(instrument);
    }
    return instrument;
  }
}

function kindOf(metric: Metric): MetricKind {
  switch (metric.type) {
    case 'Sum':
      return metric.isMonotonic ? 'counter' : 'upDownCounter';
    case 'Histogram':
    case 'ExponentialHistogram':
      return 'histogram';
    case 'Summary':
      return 'summary';
    default:
      return 'gauge';
  }
}

import { Memo } from '#cache/memo.ts';
import type { InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import { identifyResource, type ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { TargetInfo } from '#prometheus/from-otlp/target-info.ts';
import type { FamilyRegistry, MetricKind } from './family-registry.ts';
import { Instrument } from './instrument.ts';
import type { DataType, SeriesPolicy } from './policy.ts';
import type { ScopeLabelRules } from './scope-labels.ts';
import { Target } from './target.ts';

/** Resources that are recognised by reference. */
const maxKnownResources = 5_000;

/** What a message says about its metric besides the points. */
export interface MetricPart {
  readonly metric: Metric;
  readonly scope: InstrumentationScope;
  readonly schemaUrl: string;
}

/** Targets and their instruments: who sends what. Both exist while they have series. */
export class InstrumentRegistry {
  readonly #targets = new Map<string, Target>();
  readonly #instruments = new Set<Instrument>();
  readonly #senders = new Memo<Resource, ResourceIdentity>(maxKnownResources);
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

  /** Each may be forgotten while it is looked at. */
  get instruments(): Iterable<Instrument> {
    return this.#instruments;
  }

  identityOf(resource: Resource): ResourceIdentity {
    return (
      this.#senders.get(resource) ??
      this.#senders.set(resource, identifyResource(resource, this.#policy.processAttributes))
    );
  }

  targetOf(sender: ResourceIdentity, resource: Resource): Target {
    let target = this.#targets.get(sender.targetKey);
    if (target === undefined) {
      target = new Target(sender, resource);
      this.#targets.set(sender.targetKey, target);
      this.#targetInfo.changed();
    }
    return target;
  }

  /** The instrument of a metric, which now has the message's description. */
  instrumentOf(target: Target, part: MetricPart): Instrument {
    const guess = target.cursor?.next;
    if (guess?.isNamedBy(part)) {
      target.cursor = guess;
      return guess;
    }
    const { metric, scope, schemaUrl } = part;
    const instrument = this.#find(target, part);
    instrument.scope = scope;
    instrument.schemaUrl = schemaUrl;
    instrument.descriptor = metric.descriptor;
    instrument.isMonotonic = metric.type === 'Sum' && metric.isMonotonic;
    instrument.variant = this.#families.variantOf(metric.descriptor, kindOf(metric));
    if (target.cursor !== undefined) target.cursor.next = instrument;
    instrument.next ??= instrument;
    target.cursor = instrument;
    return instrument;
  }

  /** The instrument of a metric, if there is one. */
  known(resource: Resource, { scope, schemaUrl, metric }: MetricPart): Instrument | undefined {
    const target = this.#targets.get(this.identityOf(resource).targetKey);
    const { name } = metric.descriptor;
    return target?.instruments.find(name, metric.type as DataType, this.#labelRules.identify(scope, schemaUrl));
  }

  /** To be called whenever series may have gone. */
  forgetIfEmpty(instrument: Instrument): void {
    if (instrument.series.size > 0) return;
    this.#families.release(instrument.variant);
    const { target } = instrument;
    this.#instruments.delete(instrument);
    target.instruments.remove(instrument);
    // No guess may find it again.
    instrument.descriptor = undefined;
    instrument.next = undefined;
    if (target.cursor === instrument) target.cursor = undefined;
    if (!target.instruments.isEmpty) return;
    target.isLive = false;
    this.#targets.delete(target.key);
    this.#targetInfo.changed();
  }

  #find(target: Target, { metric, scope, schemaUrl }: MetricPart): Instrument {
    const type = metric.type as DataType;
    const scopeIdentity = this.#labelRules.identify(scope, schemaUrl);
    const metricName = metric.descriptor.name;
    let instrument = target.instruments.find(metricName, type, scopeIdentity);
    if (instrument === undefined) {
      const labels = target.labelsOf(scopeIdentity, type, this.#labelRules);
      instrument = new Instrument({
        target,
        scopeIdentity,
        type,
        metricName,
        rule: this.#policy.ruleFor(type),
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

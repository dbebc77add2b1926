import type { Attributes } from '#pdata/attributes.ts';
import type { InstrumentationScope, MetricDescriptor } from '#pdata/metrics.ts';
import type { ScopeIdentity } from '#prometheus/from-otlp/scope-identity.ts';
import type { FamilyVariant } from './family.ts';
import type { MetricPart } from './instrument-registry.ts';
import type { DataType, SeriesRule } from './policy.ts';
import type { ScopeLabels } from './scope-labels.ts';
import { SeriesList } from './series-list.ts';
import type { StoredSeries } from './stored-series.ts';
import type { Target } from './target.ts';

let created = 0;

/** One metric of one target, scope, and data type. Finds the series of a point by its attributes. */
export class Instrument {
  readonly target: Target;
  readonly scopeIdentity: ScopeIdentity;
  readonly type: DataType;
  readonly metricName: string;
  readonly rule: SeriesRule;
  readonly labels: ScopeLabels;
  readonly series = new SeriesList();
  /** Distinguishes instruments. Never 0. */
  readonly hash = Math.imul(++created, 0x9e3779b1) | 1;
  /** Hash of scope, metric, and type; see identity-hash.ts. */
  identityHash: number | undefined = undefined;
  /** The time that `expirations` sets, ms. null if there is none; undefined until it was determined. */
  expirationMs: number | null | undefined = undefined;
  /** Scope of the latest message. The same object means the same instrument. */
  scope: InstrumentationScope | undefined = undefined;
  schemaUrl = '';
  descriptor: MetricDescriptor | undefined = undefined;
  isMonotonic = false;
  /** Variant that shows points of the latest description. */
  variant!: FamilyVariant;
  /** Series of the latest point. Its `next` predicts the series of the next point. */
  cursor: StoredSeries | undefined = undefined;
  /** The instrument that followed last time. */
  next: Instrument | undefined = undefined;
  /** No series expires before this monotonic time, ms. */
  nextExpiryMs = Number.POSITIVE_INFINITY;

  constructor(options: {
    readonly target: Target;
    readonly scopeIdentity: ScopeIdentity;
    readonly type: DataType;
    readonly metricName: string;
    readonly rule: SeriesRule;
    readonly labels: ScopeLabels;
  }) {
    this.target = options.target;
    this.scopeIdentity = options.scopeIdentity;
    this.type = options.type;
    this.metricName = options.metricName;
    this.rule = options.rule;
    this.labels = options.labels;
  }

  /** Whether a message refers to this instrument, by reference only. */
  isNamedBy({ metric, scope, schemaUrl }: MetricPart): boolean {
    return (
      metric.descriptor === this.descriptor &&
      scope === this.scope &&
      schemaUrl === this.schemaUrl &&
      metric.type === this.type &&
      (metric.type !== 'Sum' || metric.isMonotonic === this.isMonotonic) &&
      this.variant.isRegistered
    );
  }

  /** Returns the series with these attributes by a full lookup. */
  find(attributes: Attributes): StoredSeries | undefined {
    const labels = this.labels.sets.known(attributes);
    if (labels === undefined) return undefined;
    const series = labels.series.find(this);
    if (series !== undefined) series.attributes = attributes;
    return series;
  }
}

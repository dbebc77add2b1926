import { toByteString } from '#bytes/utf8.ts';
import { isGateEnabled } from '#config/feature-gates.ts';
import type { Slices } from '#flow/slices.ts';
import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { ByteString, LabelSet, MetricFamily, NumberSeries } from '../metric-family.ts';
import { isLabelName } from '../naming/label-namer.ts';
import { compareFully, sortByLabelsInSlices } from '../series-order.ts';
import { compareBytes } from './label-shape.ts';
import { attributesWithout } from './target-identity.ts';

/** Targets between two pauses. */
const targetsPerSlice = 500;

/** Attributes that job and instance already contain. */
const serviceKeys = ['service.name', 'service.namespace', 'service.instance.id'];

/** A target with active series, reduced to the properties that target_info needs. */
export interface DescribedTarget {
  readonly job: string | undefined;
  readonly instance: string | undefined;
  readonly resource: Resource;
}

type KnownTargets = Map<DescribedTarget, { resource: Resource; series: TargetSeries | undefined }>;

/**
 * The family `target_info` (docs/reference/collector-behaviour.md#target-info): one series per target with a job and an instance.
 * Its labels are the attributes of the latest resource of the target. The family is kept between scrapes, and only changed series
 * are created again.
 */
export class TargetInfo {
  readonly #labelName: (key: string) => string | undefined;
  readonly #leftOut: ReadonlySet<string>;
  readonly #needsInstance: boolean;
  readonly #family: TargetInfoFamily;
  #known: KnownTargets = new Map();
  #mayHaveChanged = false;

  constructor(options: {
    readonly name: ByteString;
    readonly labelName: (key: string) => string | undefined;
    /** Attributes that are not shown, in addition to those that are job and instance. */
    readonly leftOut: ReadonlySet<string>;
    /** Whether a target without an instance has no series. */
    readonly needsInstance: boolean;
  }) {
    this.#labelName = options.labelName;
    const identifying = isGateEnabled('pkg.prometheus.KeepIdentifyingResourceAttributes') ? [] : serviceKeys;
    this.#leftOut = new Set([...identifying, ...options.leftOut]);
    this.#needsInstance = options.needsInstance;
    this.#family = new TargetInfoFamily(options.name);
  }

  /** Call when a target was added or removed, or has another resource. */
  changed(): void {
    this.#mayHaveChanged = true;
  }

  /**
   * Returns the family for the targets, which are requested only if something has changed, in slices. It has no series if no target needs
   * one.
   */
  *family(targets: () => Iterable<DescribedTarget>): Slices<MetricFamily> {
    if (this.#mayHaveChanged) {
      this.#mayHaveChanged = false;
      yield* this.#update(targets());
    }
    return this.#family;
  }

  *#update(targets: Iterable<DescribedTarget>): Slices<void> {
    let steps = 0;
    const known: KnownTargets = new Map();
    const series: TargetSeries[] = [];
    let isSame = true;
    for (const target of targets) {
      if (++steps % targetsPerSlice === 0) yield;
      const before = this.#known.get(target);
      let current = before?.series;
      if (before?.resource !== target.resource) {
        current = this.#seriesOf(target);
        if (
          before?.series !== undefined &&
          current !== undefined &&
          compareFully(before.series.labels, current.labels) === 0
        ) {
          current = before.series;
        }
      }
      if (current !== before?.series) isSame = false;
      known.set(target, { resource: target.resource, series: current });
      if (current !== undefined) series.push(current);
    }
    this.#known = known;
    if (isSame && series.length === this.#family.series.length) return;
    this.#family.series = yield* sortByLabelsInSlices(series);
    this.#family.version += 1;
  }

  /** Undefined if the target has no series: no job or instance, or text that is not valid UTF-8. */
  #seriesOf({ job, instance, resource }: DescribedTarget): TargetSeries | undefined {
    if (!job || (this.#needsInstance && !instance)) return undefined;
    const labels = new Map<string, string>();
    for (const { key, value } of attributesWithout(resource.attributes, this.#leftOut)) {
      const built = this.#labelName(key);
      if (built === undefined || !built.isWellFormed()) continue;
      const name = isLabelName(built) ? built : `key${built}`;
      const before = labels.get(name);
      const text = valueText(value);
      labels.set(name, before === undefined ? text : `${before};${text}`);
    }
    labels.set('job', job);
    if (instance) labels.set('instance', instance);
    const sorted = [...labels].map(([name, value]) => [toByteString(name), toByteString(value)] as const);
    for (const value of labels.values()) {
      if (!value.isWellFormed()) return undefined;
    }
    sorted.sort(([a], [b]) => compareBytes(a, b));
    return new TargetSeries({
      names: sorted.map(([name]) => name),
      values: sorted.map(([, value]) => value),
      text: undefined,
    });
  }
}

class TargetInfoFamily implements MetricFamily {
  readonly name: ByteString;
  readonly help = 'Target metadata';
  readonly type = 'gauge';
  version = 0;
  series: readonly TargetSeries[] = [];

  constructor(name: ByteString) {
    this.name = name;
  }
}

class TargetSeries implements NumberSeries {
  readonly kind = 'number';
  readonly labels: LabelSet;
  readonly value = 1;
  readonly timestampMs = undefined;
  readonly createdUnixNano = undefined;
  readonly exemplar = undefined;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }
}

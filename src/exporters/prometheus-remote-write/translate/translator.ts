import { toByteString } from '#bytes/utf8.ts';
import { isGateEnabled } from '#config/feature-gates.ts';
import type { Slices } from '#flow/slices.ts';
import {
  type DataPoint,
  type InstrumentationScope,
  type Metric,
  type Metrics,
  type Resource,
  temporality,
} from '#pdata/metrics.ts';
import type { ByteString } from '#prometheus/metric-family.ts';
import type { MetricNamer } from '#prometheus/naming/metric-namer.ts';
import { NameError } from '#prometheus/naming/name-error.ts';
import type { ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';
import { type FamilyMetadata, metadataType, type SeriesMetadata } from '#prometheus/remote-write/write-series.ts';
import type { BaseLabels } from './base-labels.ts';
import { LabelBuilder, type LabelRules, type ReservedLabel } from './label-builder.ts';
import { metadataOf } from './metric-metadata.ts';
import { toMs } from './point-time.ts';
import { SeriesTable, type TranslatedSeries } from './series-table.ts';
import {
  type PointTarget,
  translateCustomBuckets,
  translateExponential,
  translateHistogram,
  translateNumber,
  translateSummary,
} from './translate-points.ts';

/** Settings and dependencies of {@link Translator}. */
export interface TranslatorOptions extends LabelRules {
  readonly namer: MetricNamer;
  /** Whether names keep all characters. */
  readonly keepsUtf8: boolean;
  readonly namespace: string;
  readonly hasTargetInfo: boolean;
  /** Forms in which explicit histograms are sent. */
  readonly explicitHistograms: { readonly custom: boolean; readonly classic: boolean };
}

/** Why points are not sent. */
export type RefusalReason = 'temporality' | 'name' | 'native_histogram' | 'no_points';

/** Points of a metric that are not sent. */
export interface Refusal {
  readonly metric: string;
  readonly reason: RefusalReason;
  /** Same text as the Collector's. */
  readonly message: string;
  readonly points: number;
}

/** A request as series, with what could not be translated. */
export interface Translated {
  readonly series: readonly TranslatedSeries[];
  readonly metadata: readonly FamilyMetadata[];
  readonly refused: readonly Refusal[];
}

/** Number of points to translate between two pauses. */
const pointsPerSlice = 500;

const serviceKeys = ['service.name', 'service.namespace', 'service.instance.id'];
const targetInfoMetadata: SeriesMetadata = { type: metadataType.gauge, help: 'Target metadata', unit: '' };

/** Translates OTLP metrics to the series that the Collector's exporter sends for them. */
export class Translator {
  readonly #options: TranslatorOptions;
  readonly #labels: LabelBuilder;
  readonly #targetInfoName: ByteString;
  readonly #identifying: ReadonlySet<string>;

  constructor(options: TranslatorOptions) {
    this.#options = options;
    this.#labels = new LabelBuilder(options);
    const { namespace } = options;
    this.#targetInfoName = toByteString(namespace === '' ? 'target_info' : `${namespace}_target_info`);
    const keepsAll = isGateEnabled('pkg.prometheus.KeepIdentifyingResourceAttributes');
    this.#identifying = new Set(keepsAll ? [] : serviceKeys);
  }

  /** Translates a request. Version 1.0 has no exemplars of gauges. */
  *translate(metrics: Metrics, version: ProtocolVersion): Slices<Translated> {
    const work = new Translation(this.#options, this.#labels, version);
    for (const { resource, scopeMetrics } of metrics.resourceMetrics) {
      let latest = 0n;
      for (const { scope, metrics: ofScope } of scopeMetrics) {
        for (const metric of ofScope) {
          for (const { timeUnixNano } of metric.dataPoints) if (timeUnixNano > latest) latest = timeUnixNano;
          yield* work.add(metric, resource, scope);
        }
      }
      if (this.#options.hasTargetInfo && latest > 0n) this.#addTargetInfo(work.table, resource, latest);
    }
    return { series: work.table.series, metadata: [...work.metadata.values()], refused: work.refused };
  }

  /** Adds `target_info` for a resource that has more than the attributes of job and instance. */
  #addTargetInfo(table: SeriesTable, resource: Resource, timeUnixNano: bigint): void {
    if (resource.attributes.entries.every(({ key }) => this.#identifying.has(key))) return;
    const labels = this.#labels.forTargetInfo(resource, this.#identifying);
    if (!labels.names.includes('job') && !labels.names.includes('instance')) return;
    const series = table.get(this.#targetInfoName, labels, targetInfoMetadata);
    series.samples.push({ value: 1, timestampMs: toMs(timeUnixNano), startMs: 0 });
  }
}

/** The work on one request. */
class Translation {
  readonly table = new SeriesTable();
  readonly metadata = new Map<string, FamilyMetadata>();
  readonly refused: Refusal[] = [];
  readonly #options: TranslatorOptions;
  readonly #labels: LabelBuilder;
  readonly #version: ProtocolVersion;
  #steps = 0;

  constructor(options: TranslatorOptions, labels: LabelBuilder, version: ProtocolVersion) {
    this.#options = options;
    this.#labels = labels;
    this.#version = version;
  }

  *add(metric: Metric, resource: Resource, scope: InstrumentationScope): Slices<void> {
    const name = this.#nameOf(metric);
    if (name === undefined) return;
    const metadata = metadataOf(metric, this.#options.keepsUtf8);
    this.metadata.set(`${name} ${metadata.type} ${metadata.unit} ${metadata.help}`, { name, ...metadata });
    if (!hasTemporality(metric)) {
      const { name: text } = metric.descriptor;
      this.#refuse(
        metric,
        'temporality',
        `invalid temporality and type combination for metric ${JSON.stringify(text)}`,
      );
      return;
    }
    if (metric.dataPoints.length === 0) {
      this.#refuse(metric, 'no_points', `empty data points. ${metric.descriptor.name} is dropped`);
      return;
    }
    const labelsOf = this.#labels.forPoints(resource, scope, this.#reservedLabel(metric));
    for (const point of metric.dataPoints as readonly DataPoint[]) {
      if (++this.#steps % pointsPerSlice === 0) yield;
      const problem = this.#addPoint(metric, point, this.#targetOf(name, metadata, labelsOf(point.attributes)));
      if (problem !== undefined) this.#refuse(metric, 'native_histogram', problem, 1);
    }
  }

  #targetOf(name: ByteString, metadata: SeriesMetadata, labels: BaseLabels): PointTarget {
    return { table: this.table, name, labels, metadata };
  }

  #addPoint(metric: Metric, point: DataPoint, target: PointTarget): string | undefined {
    const isV2 = this.#version === '2.0';
    switch (metric.type) {
      case 'Gauge':
        translateNumber(target, point as never, { hasStart: false, hasExemplars: isV2 });
        return undefined;
      case 'Sum':
        translateNumber(target, point as never, {
          hasStart: metric.isMonotonic,
          hasExemplars: metric.isMonotonic || isV2,
        });
        return undefined;
      case 'Histogram':
        if (this.#options.explicitHistograms.classic) translateHistogram(target, point as never);
        return this.#options.explicitHistograms.custom ? translateCustomBuckets(target, point as never) : undefined;
      case 'ExponentialHistogram':
        return translateExponential(target, point as never);
      case 'Summary':
        translateSummary(target, point as never);
        return undefined;
      case 'Empty':
        return undefined;
    }
  }

  #reservedLabel(metric: Metric): ReservedLabel {
    if (metric.type === 'Histogram') return this.#options.explicitHistograms.classic ? 'le' : '';
    return metric.type === 'Summary' ? 'quantile' : '';
  }

  #nameOf(metric: Metric): ByteString | undefined {
    const { name, unit } = metric.descriptor;
    try {
      return toByteString(this.#options.namer.name({ name, unit, type: nameableType(metric) }));
    } catch (error) {
      if (!(error instanceof NameError)) throw error;
      this.#refuse(metric, 'name', error.message);
      return undefined;
    }
  }

  #refuse(metric: Metric, reason: RefusalReason, message: string, points = metric.dataPoints.length): void {
    this.refused.push({ metric: metric.descriptor.name, reason, message, points });
  }
}

function nameableType(metric: Metric): 'counter' | 'gauge' | 'other' {
  if (metric.type === 'Gauge') return 'gauge';
  return metric.type === 'Sum' && metric.isMonotonic ? 'counter' : 'other';
}

/** Returns whether points of a metric can be a Prometheus series: only cumulative sums and histograms can. */
function hasTemporality(metric: Metric): boolean {
  if (metric.type === 'Gauge' || metric.type === 'Summary') return true;
  return metric.type !== 'Empty' && metric.aggregationTemporality === temporality.cumulative;
}

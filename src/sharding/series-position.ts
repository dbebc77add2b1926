import { hashText, stableHash } from '#bytes/hash-text.ts';
import { toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import type { DataPoint, Metric, MetricDescriptor, Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import { identifyResource } from '#prometheus/from-otlp/target-identity.ts';
import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { MetricNamer } from '#prometheus/naming/metric-namer.ts';
import { NameError } from '#prometheus/naming/name-error.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';
import { positionOfHash } from './hash-ring.ts';

/** Settings that determine to which series a stream contributes. */
export interface SeriesKeySettings {
  /** Resource attributes that only identify a process; same as in the exporter that owns the series. */
  readonly processAttributes: readonly string[];
  readonly translationStrategy: TranslationStrategy;
}

/** Maximum number of objects whose hash is cached. */
const maxDescriptors = 10_000;
const maxResources = 10_000;
const maxAttributes = 100_000;

/** Returns the position of the series of a data point on every ring. */
export type SeriesPosition = (
  envelope: { readonly resource: Resource; readonly metric: Metric },
  point: Pick<DataPoint, 'attributes'>,
) => number;

type Kind = 'counter' | 'gauge' | 'other';

/**
 * Returns the position of the Prometheus series of a data point: it results from the translated name, the target without
 * process attributes, and the labels. Two points that accumulation adds to one series have the same position; the
 * reverse does not hold. Scope, data type, and labels that an exporter adds do not count, so that a series stays on one
 * pod whatever these settings are. Neither do attributes whose key the resource has too: an exporter can replace them.
 */
export function seriesPosition({ processAttributes, translationStrategy }: SeriesKeySettings): SeriesPosition {
  const process = new Set(processAttributes);
  const metricNamer = new MetricNamer(translationStrategy, '');
  const labelNamer = new LabelNamer(translationStrategy, { keepsSeries: true });
  const memo = () => new Memo<MetricDescriptor, number>(maxDescriptors);
  const names: Readonly<Record<Kind, Memo<MetricDescriptor, number>>> = {
    counter: memo(),
    gauge: memo(),
    other: memo(),
  };
  const targets = new Memo<Resource, Target>(maxResources);
  const labels = new Memo<Attributes, Labels>(maxAttributes);
  const nameHash = (metric: Metric) => {
    const kind = kindOf(metric);
    const { descriptor } = metric;
    const known = names[kind].get(descriptor);
    return known ?? names[kind].set(descriptor, stableHash(nameOf(metricNamer, descriptor, kind)));
  };
  const targetOf = (resource: Resource) =>
    targets.get(resource) ?? targets.set(resource, targetFrom(resource, process));
  const labelsOf = (attributes: Attributes) =>
    labels.get(attributes) ?? labels.set(attributes, labelsFrom(attributes.entries, labelNamer));
  const labelsHash = ({ keys }: Target, attributes: Attributes) => {
    const known = labelsOf(attributes);
    if (!known.keys.some((key) => keys.has(key))) return known.hash;
    return labelsFrom(
      attributes.entries.filter(({ key }) => !keys.has(key)),
      labelNamer,
    ).hash;
  };
  let metric: Metric | undefined;
  let resource: Resource | undefined;
  let target: Target = { hash: 0, keys: process };
  let common = 0;
  return (envelope, { attributes }) => {
    if (envelope.metric !== metric || envelope.resource !== resource) {
      ({ metric, resource } = envelope);
      target = targetOf(resource);
      common = Math.imul(nameHash(metric) ^ Math.imul(target.hash, 0x9e3779b1), 0x27d4eb2f);
    }
    return positionOfHash(common ^ labelsHash(target, attributes));
  };
}

interface Target {
  readonly hash: number;
  /** Keys of the resource's attributes, and process attributes. */
  readonly keys: ReadonlySet<string>;
}

interface Labels {
  readonly hash: number;
  readonly keys: readonly string[];
}

function targetFrom(resource: Resource, process: ReadonlySet<string>): Target {
  const keys = new Set([...process, ...resource.attributes.entries.map(({ key }) => key)]);
  return { hash: stableHash(identifyResource(resource, process).targetKey), keys };
}

function kindOf(metric: Metric): Kind {
  if (metric.type === 'Gauge') return 'gauge';
  return metric.type === 'Sum' && metric.isMonotonic ? 'counter' : 'other';
}

/** Returns the name of the family. Metrics without a valid name share one. */
function nameOf(namer: MetricNamer, { name, unit }: MetricDescriptor, type: Kind): string {
  try {
    return toByteString(namer.name({ name, unit, type }));
  } catch (error) {
    if (error instanceof NameError) return '';
    throw error;
  }
}

/** Hashes labels as the series store forms them: values of keys with the same label name are joined, empty ones omitted. */
function labelsFrom(entries: readonly KeyValue[], namer: LabelNamer): Labels {
  const values = new Map<string, string>();
  const sorted = entries.map(({ key, value }) => ({
    key: toByteString(key),
    name: namer.name(key),
    text: toByteString(valueText(value)),
  }));
  sorted.sort((a, b) => compare(a.key, b.key) || compare(a.text, b.text));
  for (const { name, text } of sorted) {
    if (name === undefined) continue;
    // The store adds the prefix to a label whose name the exporter uses itself, such as job.
    const label = toByteString(name).replace(/^(?:exported_)+/, '');
    const known = values.get(label);
    values.set(label, known === undefined ? text : `${known};${text}`);
  }
  let hash = 0;
  for (const [label, value] of [...values].sort(([a], [b]) => compare(a, b))) {
    if (value !== '') hash = hashText(value, hashText(label, hash));
  }
  return { hash, keys: entries.map(({ key }) => key) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

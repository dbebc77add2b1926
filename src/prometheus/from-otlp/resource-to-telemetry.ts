import { Memo } from '#cache/memo.ts';
import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import type { DataPoint, Metric, Metrics, Resource, ResourceMetrics } from '#pdata/metrics.ts';

/** Attribute sets that are remembered for all resources. */
const maxKnownSets = 20_000;
const maxKnownResources = 1_000;

/** Puts resource attributes on every data point (behaviour.md §1.5): a point's own attribute of the same key is overwritten. */
export class ResourceToTelemetry {
  readonly #excluded: ReadonlySet<string>;
  /** By resource and attributes, so that the same attributes of one resource stay the same object. */
  readonly #merged = new Memo<Resource, Memo<Attributes, Attributes>>(maxKnownResources);

  /** `excluded`: keys that are not put on points. */
  constructor(excluded: Iterable<string>) {
    this.#excluded = new Set(excluded);
  }

  convert(metrics: Metrics): Metrics {
    return { ...metrics, resourceMetrics: metrics.resourceMetrics.map((one) => this.#convertResource(one)) };
  }

  #convertResource(resourceMetrics: ResourceMetrics): ResourceMetrics {
    const { resource, scopeMetrics } = resourceMetrics;
    const added = lastOfEachKey(resource.attributes.entries.filter(({ key }) => !this.#excluded.has(key)));
    if (added.size === 0) return resourceMetrics;
    const known = this.#merged.get(resource) ?? this.#merged.set(resource, new Memo(maxKnownSets));
    const merge = (attributes: Attributes) => known.get(attributes) ?? known.set(attributes, merged(attributes, added));
    return {
      ...resourceMetrics,
      scopeMetrics: scopeMetrics.map((scope) => ({
        ...scope,
        metrics: scope.metrics.map((metric) => convertMetric(metric, merge)),
      })),
    };
  }
}

function convertMetric(metric: Metric, merge: (attributes: Attributes) => Attributes): Metric {
  const dataPoints = (metric.dataPoints as readonly DataPoint[]).map((point) => ({
    ...point,
    attributes: merge(point.attributes),
  }));
  return { ...metric, dataPoints } as unknown as Metric;
}

/** The point's keys keep their places, new ones follow. */
function merged({ entries }: Attributes, added: ReadonlyMap<string, KeyValue>): Attributes {
  const remaining = new Map(added);
  const replaced = entries.map((entry) => {
    const replacement = remaining.get(entry.key);
    remaining.delete(entry.key);
    return replacement ?? entry;
  });
  return { entries: [...replaced, ...remaining.values()] };
}

function lastOfEachKey(entries: readonly KeyValue[]): Map<string, KeyValue> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}

import { Memo } from '#cache/memo.ts';
import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import { attributesSize } from '#pdata/attributes-size.ts';
import type { DataPoint, Metric, Metrics, Resource, ResourceMetrics } from '#pdata/metrics.ts';

/** Maximum number of attribute sets cached for all resources. */
const maxKnownSets = 20_000;
/** Maximum size of the cached resources, in characters: enough for thousands of usual ones. */
const maxKnownSize = 4 * 2 ** 20;

/** Cached data of a resource. */
interface KnownResource {
  /** Attributes of the resource that are added to data points, by key. */
  readonly added: ReadonlyMap<string, KeyValue>;
  /** Merged attributes by the attributes of a point, so that equal attributes of one resource are the same object. */
  readonly merged: Memo<Attributes, Attributes>;
  /** Approximate size of the resource, characters. */
  readonly size: number;
}

/** Adds resource attributes to every data point. They replace the point's own attributes of the same keys. */
export class ResourceToTelemetry {
  readonly #isIncluded: (key: string) => boolean;
  readonly #onResource: (added: Iterable<KeyValue>) => void;
  readonly #known = new Memo<Resource, KnownResource>(maxKnownSize, ({ size }) => size);

  /**
   * @param isIncluded whether the resource attribute of a key is added
   * @param onResource called with the attributes that are added, when a resource is new or was not recognized
   */
  constructor(isIncluded: (key: string) => boolean, onResource: (added: Iterable<KeyValue>) => void = () => {}) {
    this.#isIncluded = isIncluded;
    this.#onResource = onResource;
  }

  convert(metrics: Metrics): Metrics {
    return { ...metrics, resourceMetrics: metrics.resourceMetrics.map((one) => this.#convertResource(one)) };
  }

  #convertResource(resourceMetrics: ResourceMetrics): ResourceMetrics {
    const { resource, scopeMetrics } = resourceMetrics;
    const known = this.#known.get(resource) ?? this.#known.set(resource, this.#learn(resource));
    if (known.added.size === 0) return resourceMetrics;
    const merge = (attributes: Attributes) =>
      known.merged.get(attributes) ?? known.merged.set(attributes, merged(attributes, known.added));
    return {
      ...resourceMetrics,
      scopeMetrics: scopeMetrics.map((scope) => ({
        ...scope,
        metrics: scope.metrics.map((metric) => convertMetric(metric, merge)),
      })),
    };
  }

  #learn({ attributes }: Resource): KnownResource {
    const size = attributesSize(attributes);
    const included = attributes.entries.filter(({ key }) => this.#isIncluded(key));
    const added = lastOfEachKey(included);
    this.#onResource(added.values());
    return { added, merged: new Memo(maxKnownSets), size };
  }
}

function convertMetric(metric: Metric, merge: (attributes: Attributes) => Attributes): Metric {
  const dataPoints = (metric.dataPoints as readonly DataPoint[]).map((point) => ({
    ...point,
    attributes: merge(point.attributes),
  }));
  return { ...metric, dataPoints } as unknown as Metric;
}

/** Merges attributes. The keys of the point keep their positions; new keys follow. */
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

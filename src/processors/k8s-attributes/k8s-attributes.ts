import { Memo } from '#cache/memo.ts';
import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import type { KeyValue } from '#pdata/attributes.ts';
import type { MapResourceParts } from '#pdata/map-resource-parts.ts';
import type { Resource } from '#pdata/metrics.ts';
import { AttributeAdder } from './attribute-adder.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { K8sAttributesConfig } from './config.ts';
import { enrich } from './enrich.ts';
import { identify } from './pod-identity.ts';
import type { SharedClusters } from './shared-clusters.ts';

/** Maximum number of resources whose form with attributes is cached. */
const remembered = 4096;

interface Enriched {
  readonly resource: Resource;
  readonly version: number;
  readonly address: string;
}

/** Adds attributes of the pod that sent the data to its resource. */
export class K8sAttributesProcessor<Data> implements Component, Consumer<Data> {
  readonly #config: K8sAttributesConfig;
  readonly #settings: ComponentSettings;
  readonly #mapParts: MapResourceParts<Data>;
  readonly #next: Consumer<Data>;
  readonly #clusters: SharedClusters;
  readonly #enriched = new Memo<Resource, Enriched>(remembered);
  #cluster: Cluster | undefined;

  constructor(
    { config, clusters }: { readonly config: K8sAttributesConfig; readonly clusters: SharedClusters },
    settings: ComponentSettings,
    mapParts: MapResourceParts<Data>,
    next: Consumer<Data>,
  ) {
    this.#config = config;
    this.#clusters = clusters;
    this.#settings = settings;
    this.#mapParts = mapParts;
    this.#next = next;
  }

  async start(): Promise<void> {
    if (this.#config.passthrough) return;
    this.#cluster = this.#clusters.acquire(this.#config, this.#settings);
    await this.#clusters.start(this.#config);
    const { pods } = this.#cluster;
    // Name of the Collector.
    this.#settings.metrics.gauge(
      'otelcol_otelsvc_k8s_pod_table_size',
      'Size of table containing pod info [Development]',
      {},
      () => pods.size,
    );
  }

  async shutdown(): Promise<void> {
    if (this.#cluster === undefined) return;
    this.#cluster = undefined;
    await this.#clusters.release(this.#config);
  }

  consume(data: Data, context: ClientContext): Promise<void> | undefined {
    return this.#next.consume(
      this.#mapParts(data, (part) => ({ ...part, resource: this.#edited(part.resource, context) })),
      context,
    );
  }

  #edited(resource: Resource, { address }: ClientContext): Resource {
    const version = this.#cluster?.version ?? 0;
    const known = this.#enriched.get(resource);
    if (known?.version === version && known.address === address) return known.resource;
    const adder = new AttributeAdder(resource.attributes);
    const parts = identify(resource.attributes, address, this.#config.podAssociation);
    const connection = parts.find(({ from }) => from === 'connection');
    if (connection && (this.#config.passthrough || this.#config.extract.metadata.includes('k8s.pod.ip'))) {
      adder.set('k8s.pod.ip', connection.value);
    }
    if (this.#cluster) enrich(adder, parts, this.#cluster, this.#config);
    // The same object if nothing has changed, so that the next stages can cache by reference.
    const { entries } = adder;
    const edited = same(known?.resource, entries) ??
      same(resource, entries) ?? { ...resource, attributes: { entries, note: undefined } };
    this.#enriched.set(resource, { resource: edited, version, address });
    return edited;
  }
}

function same(resource: Resource | undefined, entries: readonly KeyValue[]): Resource | undefined {
  const before = resource?.attributes.entries;
  if (before?.length !== entries.length) return undefined;
  return before.every(({ key, value }, i) => key === entries[i]!.key && isSame(value, entries[i]!.value))
    ? resource
    : undefined;
}

function isSame(a: KeyValue['value'], b: KeyValue['value']): boolean {
  if (Object.is(a, b)) return true;
  const isArray = typeof a === 'object' && typeof b === 'object' && 'kind' in a && 'kind' in b;
  if (!isArray || a.kind !== 'array' || b.kind !== 'array') return false;
  return a.values.length === b.values.length && a.values.every((value, i) => isSame(value, b.values[i]));
}

import type { Clock } from '#component/component.ts';
import { type ClientsView, doctorAgent, type SourceProcess } from '#component/views/clients-view.ts';
import type { Transport } from '#component/views/rejection.ts';
import type { Metrics, Resource, ResourceMetrics } from '#pdata/metrics.ts';
import { describeResource, type ResourceDescription } from './resource-description.ts';

/** Maximum number of recorded processes. The process that has been idle longest is evicted. */
const maxProcesses = 1_000;
/** Maximum number of recorded resources per request. */
const maxPerRequest = 100;
/** Minimum interval between two exports, ms. Requests that follow each other faster belong to one export. */
const minIntervalMs = 500;
/** Weight of the latest interval in the smoothed one. */
const smoothing = 0.3;

/** The client of a request. Evaluated only for requests with data. */
export interface Client {
  readonly transport: Transport;
  address(): string;
  userAgent(): string;
}

type Source = { -readonly [K in keyof SourceProcess]: SourceProcess[K] } & { readonly key: string };

/** The processes that send metrics, as described by their resources, for the console. */
export class SourceTable implements ClientsView {
  readonly #clock: Clock;
  readonly #sources = new Map<string, Source>();
  /** Latest source of each resource. */
  readonly #latest = new WeakMap<Resource, Source>();
  evicted = 0;
  requests = 0;
  emptyRequests = 0;
  firstUnixMs: number | undefined = undefined;
  lastUnixMs: number | undefined = undefined;
  lastEmptyUnixMs: number | undefined = undefined;
  lastEmptyField: string | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get known(): number {
    return this.#sources.size;
  }

  sources(limit: number): readonly SourceProcess[] {
    return [...this.#sources.values()].sort((a, b) => b.lastUnixMs - a.lastUnixMs).slice(0, limit);
  }

  /** Records a decoded request with data. `bytes`: size of its body after decompression. */
  received(metrics: Metrics, bytes: number, client: Client): void {
    if (client.userAgent() === doctorAgent) return;
    const unixMs = this.#clock.now();
    this.requests += 1;
    this.firstUnixMs ??= unixMs;
    this.lastUnixMs = unixMs;
    const { resourceMetrics, dataPointCount } = metrics;
    for (const each of resourceMetrics.slice(0, maxPerRequest)) {
      const source = this.#sourceOf(each.resource, client, unixMs);
      source.requests += 1;
      source.bytes += bytes;
      source.points += resourceMetrics.length === 1 ? dataPointCount : pointCount(each);
      noteTime(source, each, unixMs);
    }
  }

  /** Records a request without a data point. `unknownField`: see ClientsView.lastEmptyField. */
  receivedEmpty(client: Client, unknownField?: string): void {
    if (client.userAgent() === doctorAgent) return;
    this.emptyRequests += 1;
    this.lastEmptyUnixMs = this.#clock.now();
    this.lastEmptyField = unknownField;
  }

  /** Records that the pipeline refused a received request. */
  refused({ resourceMetrics }: Metrics): void {
    for (const { resource } of resourceMetrics.slice(0, maxPerRequest)) {
      const source = this.#latest.get(resource);
      if (source) source.refused += 1;
    }
  }

  #sourceOf(resource: Resource, client: Client, unixMs: number): Source {
    const address = client.address();
    const latest = this.#latest.get(resource);
    if (latest?.address === address && this.#sources.get(latest.key) === latest) return latest;
    const description = describeResource(resource);
    const key = keyOf(description, address);
    let source = this.#sources.get(key);
    if (source === undefined) {
      if (this.#sources.size >= maxProcesses) this.#evict();
      source = newSource(key, description, { client, address, unixMs });
      this.#sources.set(key, source);
    } else if (source.address !== address) {
      source.address = address;
      source.addresses = 2;
    }
    this.#latest.set(resource, source);
    return source;
  }

  #evict(): void {
    let oldest: Source | undefined;
    for (const source of this.#sources.values()) if (!oldest || source.lastUnixMs < oldest.lastUnixMs) oldest = source;
    if (oldest) this.#sources.delete(oldest.key);
    this.evicted += 1;
  }
}

/** Without an instance ID, the address distinguishes processes that are otherwise the same. */
function keyOf({ job, process, hasInstanceId }: ResourceDescription, address: string): string {
  return JSON.stringify(hasInstanceId ? [job, process] : [job, process, address]);
}

function newSource(
  key: string,
  { job, process, hasInstanceId, attributes }: ResourceDescription,
  { client, address, unixMs }: { readonly client: Client; readonly address: string; readonly unixMs: number },
): Source {
  return {
    ...{ key, job, process, hasInstanceId, attributes, address },
    transport: client.transport,
    userAgent: client.userAgent().slice(0, 200),
    firstUnixMs: unixMs,
    lastUnixMs: unixMs,
    ...{ requests: 0, points: 0, bytes: 0, refused: 0, addresses: 1 },
    intervalMs: undefined,
    clockSkewMs: undefined,
  };
}

function noteTime(source: Source, { scopeMetrics }: ResourceMetrics, unixMs: number): void {
  const sinceLast = unixMs - source.lastUnixMs;
  if (sinceLast >= minIntervalMs) {
    const { intervalMs } = source;
    source.intervalMs = intervalMs === undefined ? sinceLast : intervalMs + smoothing * (sinceLast - intervalMs);
  }
  source.lastUnixMs = unixMs;
  const point = scopeMetrics[0]?.metrics[0]?.dataPoints[0];
  if (point && point.timeUnixNano > 0n)
    source.clockSkewMs = Number(point.timeUnixNano / 1_000_000n) - Math.floor(unixMs);
}

function pointCount({ scopeMetrics }: ResourceMetrics): number {
  let count = 0;
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length;
  return count;
}

import { cacheBytes } from '#cache/cache-bytes.ts';
import { drained, type Slices } from '#flow/slices.ts';
import { type ItemLimits, noItemLimits, type OnOverLimit, OverLimit } from '../item-limits.ts';
import type { InstrumentationScope, Metric, Metrics, Resource, ResourceMetrics, ScopeMetrics } from '../metrics.ts';
import { keepReceivedBytes } from '../received-bytes.ts';
import { decodeDescriptor, decodeResource, decodeScope } from './decode-envelope.ts';
import { type MetricMemory, MetricReader } from './decode-metric.ts';
import { GatheredBytes, GatheredText } from './gathered-bytes.ts';
import { Interner } from './interner.ts';
import { PointParts } from './point-parts.ts';
import { sliceBytes, WireReader } from './wire-reader.ts';

const requestFields = { 1: 'ResourceMetrics' };
const resourceMetricsFields = { 1: 'Resource', 2: 'ScopeMetrics', 3: 'SchemaUrl', 1000: 'DeprecatedScopeMetrics' };
const scopeMetricsFields = { 1: 'Scope', 2: 'Metrics', 3: 'SchemaUrl' };
/** Tag of `repeated ScopeMetrics deprecated_scope_metrics = 1000`. */
const deprecatedScopeMetrics = 8002;

/** Limits of a {@link MetricsDecoder}. */
export interface MetricsDecoderSettings {
  /** Maximum bytes to keep of earlier requests. Default: 256 MiB, see `cacheBytes`. */
  readonly maxInternedBytes?: number;
  /** Default: none. */
  readonly limits?: ItemLimits;
}

/** State of decoding one request. */
interface Decoding {
  readonly reader: WireReader;
  readonly metric: MetricReader;
  readonly onOverLimit: OnOverLimit;
  /** Position of the next pause. */
  pause: number;
  dataPointCount: number;
}

/**
 * Decodes ExportMetricsServiceRequest (proto/opentelemetry/proto/collector/metrics/v1). Resource, scope, descriptor,
 * and attributes are interned separately, so a new process is cheap to decode if its metrics are known. A malformed
 * request throws DecodeError and leaves no state. Items that exceed a limit are dropped and reported. The result does
 * not refer to the bytes of the request, but `receivedBytes` returns them if the result has everything that they have.
 */
export class MetricsDecoder {
  readonly #limits: ItemLimits;
  readonly #resources: Interner<Resource>;
  readonly #scopes: Interner<InstrumentationScope>;
  readonly #memory: MetricMemory;
  readonly #resource = (reader: WireReader, start: number, end: number) =>
    this.#resources.get(reader, start, end).value;
  readonly #scope = (reader: WireReader, start: number, end: number) => this.#scopes.get(reader, start, end).value;

  constructor({
    maxInternedBytes = cacheBytes(256 * 1024 * 1024),
    limits = noItemLimits,
  }: MetricsDecoderSettings = {}) {
    this.#limits = limits;
    this.#resources = new Interner(maxInternedBytes / 16, decodeResource);
    this.#scopes = new Interner(maxInternedBytes / 16, decodeScope);
    const descriptors = new Interner(maxInternedBytes / 8, decodeDescriptor);
    this.#memory = { descriptors, parts: new PointParts((maxInternedBytes * 3) / 4), previous: undefined };
  }

  /** Decodes a request without pausing. */
  decode(body: Buffer, onOverLimit?: OnOverLimit): Metrics {
    return drained(this.slices(body, onOverLimit));
  }

  /** Decodes a request in slices. Other requests can be decoded in between. The body must not change until the end. */
  *slices(body: Buffer, onOverLimit: OnOverLimit = () => undefined): Slices<Metrics> {
    const reader = new WireReader(body, this.#limits);
    const onDrop: OnOverLimit = (reason, items, subject) => {
      reader.isComplete = false;
      onOverLimit(reason, items, subject);
    };
    const metric = new MetricReader(reader, this.#memory, onDrop);
    const decoding: Decoding = { reader, metric, onOverLimit: onDrop, pause: sliceBytes, dataPointCount: 0 };
    const resourceMetrics: ResourceMetrics[] = [];
    while (reader.position < body.length) {
      if (reader.position >= decoding.pause) yield* paused(decoding);
      const tag = reader.tag(body.length);
      if (tag === 0x0a) {
        const one = yield* this.#resourceMetrics(decoding, reader.lengthEnd(body.length));
        if (one !== undefined) resourceMetrics.push(one);
      } else reader.skip(tag, body.length, requestFields);
    }
    const metrics = { resourceMetrics, dataPointCount: decoding.dataPointCount };
    if (reader.isComplete) keepReceivedBytes(metrics, body);
    return metrics;
  }

  /** message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; } */
  *#resourceMetrics(decoding: Decoding, messageEnd: number): Slices<ResourceMetrics | undefined> {
    const { reader } = decoding;
    const before = decoding.dataPointCount;
    const resource = new GatheredBytes();
    const schemaUrl = new GatheredText();
    let scopeMetrics: ScopeMetrics[] = [];
    const deprecated: ScopeMetrics[] = [];
    let deprecatedPoints = 0;
    while (reader.position < messageEnd) {
      if (reader.position >= decoding.pause) yield* paused(decoding);
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a) resource.addField(reader, messageEnd);
      else if (tag === 0x12) {
        const one = yield* this.#scopeMetrics(decoding, reader.lengthEnd(messageEnd));
        if (one !== undefined) scopeMetrics.push(one);
      } else if (tag === 0x1a) schemaUrl.readField(reader, messageEnd);
      else if (tag === deprecatedScopeMetrics) {
        reader.isComplete = false;
        const beforeDeprecated = decoding.dataPointCount;
        const one = yield* this.#scopeMetrics(decoding, reader.lengthEnd(messageEnd));
        if (one !== undefined) deprecated.push(one);
        deprecatedPoints += decoding.dataPointCount - beforeDeprecated;
      } else reader.skip(tag, messageEnd, resourceMetricsFields);
    }
    if (scopeMetrics.length === 0) scopeMetrics = deprecated;
    else decoding.dataPointCount -= deprecatedPoints;
    try {
      return { resource: resource.read(reader, this.#resource), scopeMetrics, schemaUrl: schemaUrl.text };
    } catch (error) {
      return dropped(decoding, before, error);
    }
  }

  /** message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; } */
  *#scopeMetrics(decoding: Decoding, messageEnd: number): Slices<ScopeMetrics | undefined> {
    const { reader, metric } = decoding;
    const before = decoding.dataPointCount;
    const scope = new GatheredBytes();
    const schemaUrl = new GatheredText();
    const metrics: Metric[] = [];
    while (reader.position < messageEnd) {
      if (reader.position >= decoding.pause) yield* paused(decoding);
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a) scope.addField(reader, messageEnd);
      else if (tag === 0x12) {
        metric.begin(messageEnd);
        while (!metric.read(decoding.pause)) yield* paused(decoding);
        const one = metric.finish();
        if (one === undefined) continue;
        metrics.push(one);
        decoding.dataPointCount += one.dataPoints.length;
      } else if (tag === 0x1a) schemaUrl.readField(reader, messageEnd);
      else reader.skip(tag, messageEnd, scopeMetricsFields);
    }
    try {
      return { scope: scope.read(reader, this.#scope), metrics, schemaUrl: schemaUrl.text };
    } catch (error) {
      return dropped(decoding, before, error);
    }
  }
}

function* paused(decoding: Decoding): Slices<void> {
  yield;
  decoding.pause = decoding.reader.position + sliceBytes;
}

/**
 * Drops all points after the first `before`, because their resource, scope, or metric exceeds a limit. Rethrows any
 * other error.
 */
function dropped(decoding: Decoding, before: number, error: unknown): undefined {
  if (!(error instanceof OverLimit)) throw error;
  decoding.onOverLimit(error.reason, decoding.dataPointCount - before, '');
  decoding.dataPointCount = before;
  return undefined;
}

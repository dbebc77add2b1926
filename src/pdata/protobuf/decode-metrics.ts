import { cacheBytes } from '#cache/cache-bytes.ts';
import type {
  InstrumentationScope,
  Metric,
  MetricDescriptor,
  Metrics,
  Resource,
  ResourceMetrics,
  ScopeMetrics,
} from '../metrics.ts';
import { decodeDescriptor, decodeResource, decodeScope } from './decode-envelope.ts';
import { type MetricData, metricOf, readMetricData } from './decode-metric.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { type Interned, Interner, standsAt } from './interner.ts';
import { PointParts } from './point-parts.ts';
import { readText } from './text-table.ts';
import { WireReader } from './wire-reader.ts';

const requestFields = { 1: 'ResourceMetrics' };
const resourceMetricsFields = { 1: 'Resource', 2: 'ScopeMetrics', 3: 'SchemaUrl', 1000: 'DeprecatedScopeMetrics' };
const scopeMetricsFields = { 1: 'Scope', 2: 'Metrics', 3: 'SchemaUrl' };
const metricFields = {
  1: 'Name',
  2: 'Description',
  3: 'Unit',
  5: 'Gauge',
  7: 'Sum',
  9: 'Histogram',
  10: 'ExponentialHistogram',
  11: 'Summary',
  12: 'Metadata',
};
/** Tag of `repeated ScopeMetrics deprecated_scope_metrics = 1000`. */
const deprecatedScopeMetrics = 8002;

export interface MetricsDecoderSettings {
  /** Bound on what is remembered of earlier requests, in bytes. Default: 256 MiB, see `cacheBytes`. */
  readonly maxInternedBytes?: number;
}

/**
 * Decodes ExportMetricsServiceRequest (proto/opentelemetry/proto/collector/metrics/v1). Resource, scope, descriptor and attributes
 * are interned, each on its own, so that a process never seen before costs little when what it reports is known. A malformed request
 * throws DecodeError and leaves nothing behind. Not reentrant; nothing of a request's bytes is kept.
 */
export class MetricsDecoder {
  readonly #resources: Interner<Resource>;
  readonly #scopes: Interner<InstrumentationScope>;
  readonly #descriptors: Interner<MetricDescriptor>;
  readonly #parts: PointParts;
  readonly #resource = (reader: WireReader, start: number, end: number) =>
    this.#resources.get(reader, start, end).value;
  readonly #scope = (reader: WireReader, start: number, end: number) => this.#scopes.get(reader, start, end).value;
  readonly #descriptor = (reader: WireReader, start: number, end: number) => this.#descriptors.get(reader, start, end);
  #previousDescriptor: Interned<MetricDescriptor> | undefined;
  #dataPointCount = 0;

  constructor({ maxInternedBytes = cacheBytes(256 * 1024 * 1024) }: MetricsDecoderSettings = {}) {
    this.#resources = new Interner(maxInternedBytes / 16, decodeResource);
    this.#scopes = new Interner(maxInternedBytes / 16, decodeScope);
    this.#descriptors = new Interner(maxInternedBytes / 8, decodeDescriptor);
    this.#parts = new PointParts((maxInternedBytes * 3) / 4);
  }

  decode(body: Buffer): Metrics {
    const reader = new WireReader(body);
    const resourceMetrics: ResourceMetrics[] = [];
    this.#dataPointCount = 0;
    while (reader.position < body.length) {
      const tag = reader.tag(body.length);
      if (tag === 0x0a) resourceMetrics.push(this.#resourceMetrics(reader, body.length));
      else reader.skip(tag, body.length, requestFields);
    }
    return { resourceMetrics, dataPointCount: this.#dataPointCount };
  }

  /** message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; } */
  #resourceMetrics(reader: WireReader, end: number): ResourceMetrics {
    const messageEnd = reader.lengthEnd(end);
    const resource = new GatheredBytes();
    let scopeMetrics: ScopeMetrics[] = [];
    const deprecated: ScopeMetrics[] = [];
    let deprecatedPoints = 0;
    let schemaUrl = '';
    while (reader.position < messageEnd) {
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a) resource.addField(reader, messageEnd);
      else if (tag === 0x12) scopeMetrics.push(this.#scopeMetrics(reader, messageEnd));
      else if (tag === 0x1a) schemaUrl = readText(reader, messageEnd);
      else if (tag === deprecatedScopeMetrics) {
        const before = this.#dataPointCount;
        deprecated.push(this.#scopeMetrics(reader, messageEnd));
        deprecatedPoints += this.#dataPointCount - before;
      } else reader.skip(tag, messageEnd, resourceMetricsFields);
    }
    if (scopeMetrics.length === 0) scopeMetrics = deprecated;
    else this.#dataPointCount -= deprecatedPoints;
    return { resource: resource.read(reader, this.#resource), scopeMetrics, schemaUrl };
  }

  /** message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; } */
  #scopeMetrics(reader: WireReader, end: number): ScopeMetrics {
    const messageEnd = reader.lengthEnd(end);
    const scope = new GatheredBytes();
    const metrics: Metric[] = [];
    let schemaUrl = '';
    while (reader.position < messageEnd) {
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a) scope.addField(reader, messageEnd);
      else if (tag === 0x12) metrics.push(this.#metric(reader, messageEnd));
      else if (tag === 0x1a) schemaUrl = readText(reader, messageEnd);
      else reader.skip(tag, messageEnd, scopeMetricsFields);
    }
    return { scope: scope.read(reader, this.#scope), metrics, schemaUrl };
  }

  /**
   * message Metric { string name = 1; string description = 2; string unit = 3; repeated KeyValue metadata = 12;
   *   oneof data { Gauge 5; Sum 7; Histogram 9; ExponentialHistogram 10; Summary 11 } }
   * The descriptor's fields usually stand before the data; a guess from the last request spares looking them up.
   */
  #metric(reader: WireReader, end: number): Metric {
    const messageEnd = reader.lengthEnd(end);
    const start = reader.position;
    const previous = this.#previousDescriptor;
    const guess = previous?.next;
    const descriptor = new GatheredBytes();
    let known: Interned<MetricDescriptor> | undefined;
    if (guess !== undefined && standsAt(guess, reader, start, messageEnd) && this.#descriptors.remembers(guess)) {
      known = guess;
      reader.position = start + guess.length;
      descriptor.add(reader, start, reader.position);
    }
    let data: MetricData | undefined;
    while (reader.position < messageEnd) {
      const fieldStart = reader.position;
      const tag = reader.tag(messageEnd);
      if (tag === 0x0a || tag === 0x12 || tag === 0x1a || tag === 0x62) {
        reader.position = reader.lengthEnd(messageEnd);
        known = undefined;
        descriptor.add(reader, fieldStart, reader.position);
        continue;
      }
      const found = readMetricData(tag, reader, messageEnd, this.#parts);
      if (found === undefined) {
        reader.skip(tag, messageEnd, metricFields);
        continue;
      }
      data = found;
    }
    known ??= descriptor.read(reader, this.#descriptor);
    this.#descriptors.link(previous, known);
    this.#previousDescriptor = known;
    this.#dataPointCount += data?.dataPoints.length ?? 0;
    return metricOf(known.value, data);
  }
}

import type { KeyValueList } from '#pdata/attributes.ts';
import type { LogRecord } from '#pdata/logs.ts';
import type { DataPoint, Exemplar, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import type { Span, SpanEvent } from '#pdata/traces.ts';
import { map, type OttlValue } from './value.ts';

/** The item that a statement belongs to. Paths without a prefix are paths of this item. */
export type ContextName = 'resource' | 'scope' | 'metric' | 'datapoint' | 'exemplar' | 'span' | 'spanevent' | 'log';

/** Metadata of the client that sent a request, for the paths of `otelcol`. */
export interface OttlClient {
  /** Header values by lower-case name; empty unless the receiver has `include_metadata`. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly address: string;
}

/**
 * The position of the evaluation in a request. Items are immutable: an editor replaces an item with a changed copy, and
 * the processor then builds new parents from the context. Items that the current context does not have must not be
 * read.
 */
export class OttlContext {
  resource!: Resource;
  resourceSchemaUrl = '';
  scope!: InstrumentationScope;
  scopeSchemaUrl = '';
  metric!: Metric;
  point!: DataPoint;
  exemplar!: Exemplar;
  span!: Span;
  event!: SpanEvent;
  log!: LogRecord;
  /** Metrics that an editor added after the current one. */
  added: Metric[] = [];
  /** `cache["key"]`: exists for the current item, or for the request with `shared_cache`. */
  cache: KeyValueList = map([]);
  client: OttlClient = { metadata: new Map(), address: '' };
}

/** A key of a path at run time: a string, an index, or a function that returns one. */
export type Key = string | bigint | ((context: OttlContext) => OttlValue);

/** Reads and replaces one part of the context. */
export interface Accessor {
  get(context: OttlContext): OttlValue;
  /** @throws OttlError for a value of another type than the part has */
  set(context: OttlContext, value: OttlValue): void;
  /** Whether keys can follow, as for a map, a list, or a body. Undefined if they cannot. */
  readonly indexable?: true;
  /** Replaces the general meaning of keys. */
  at?(keys: readonly Key[]): Accessor;
}

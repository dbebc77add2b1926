import type { Attributes } from './attributes.ts';
import type { InstrumentationScope, Resource } from './metrics.ts';

/** OTLP traces: counted and printed, never stored. Plain immutable objects, named as in opentelemetry-proto. */
export interface Traces {
  readonly resourceSpans: readonly ResourceSpans[];
  readonly spanCount: number;
}

/** ResourceSpans of OTLP. */
export interface ResourceSpans {
  readonly resource: Resource;
  readonly scopeSpans: readonly ScopeSpans[];
  readonly schemaUrl: string;
}

/** ScopeSpans of OTLP. */
export interface ScopeSpans {
  readonly scope: InstrumentationScope;
  readonly spans: readonly Span[];
  readonly schemaUrl: string;
}

/** IDs are lower-case hex, `''` if absent. Times are unsigned nanoseconds since the epoch. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly parentSpanId: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinksCount: number;
  readonly status: SpanStatus;
}

/** Span.Event of OTLP. */
export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** Span.Link of OTLP. IDs are in hexadecimal. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

/** Status of OTLP. */
export interface SpanStatus {
  readonly message: string;
  readonly code: number;
}

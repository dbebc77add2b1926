import type { AnyValue, Attributes } from './attributes.ts';
import type { InstrumentationScope, Resource } from './metrics.ts';

/** OTLP logs: counted and printed, never stored. Plain immutable objects, named as in opentelemetry-proto. */
export interface Logs {
  readonly resourceLogs: readonly ResourceLogs[];
  readonly logRecordCount: number;
}

/** ResourceLogs of OTLP. */
export interface ResourceLogs {
  readonly resource: Resource;
  readonly scopeLogs: readonly ScopeLogs[];
  readonly schemaUrl: string;
}

/** ScopeLogs of OTLP. */
export interface ScopeLogs {
  readonly scope: InstrumentationScope;
  readonly logRecords: readonly LogRecord[];
  readonly schemaUrl: string;
}

/** IDs are lower-case hex, `''` if absent. Times are unsigned nanoseconds since the epoch. */
export interface LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}

import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';

/** What a request brings along besides its data; empty unless the receiver has `include_metadata` or `auth`. */
export interface ClientContext {
  /** Request headers (lower-case names) or gRPC metadata; each may have several values. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** The sender's IP address, `''` when unknown. */
  readonly address: string;
  /** Attributes set by a server authenticator, such as `username`. */
  readonly auth: ReadonlyMap<string, string>;
}

/** The context of data that no client sent with metadata. */
export const noClientContext: ClientContext = { metadata: new Map(), address: '', auth: new Map() };

/*
 * A consumer takes one request's data and resolves when everything downstream has accepted it. It rejects with a
 * PermanentError (the sender must not retry) or a RetryableError (it may); see errors.ts. The data is immutable: a
 * consumer that changes something builds new parents and shares the rest, and may keep what it was given.
 * Calls for different requests may overlap; a consumer must apply each call's data before its first `await`, or keep
 * the order of the calls itself, so that data is applied in the order in which requests arrived.
 * A consumer may return nothing instead of a promise when it finished at once: that keeps the hot path synchronous.
 */
export interface MetricsConsumer {
  consumeMetrics(metrics: Metrics, context: ClientContext): Promise<void> | undefined;
}

export interface TracesConsumer {
  consumeTraces(traces: Traces, context: ClientContext): Promise<void> | undefined;
}

export interface LogsConsumer {
  consumeLogs(logs: Logs, context: ClientContext): Promise<void> | undefined;
}

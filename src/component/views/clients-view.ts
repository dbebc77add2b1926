import type { Transport } from './rejection.ts';

/** What a receiver has recorded of one process that sends to it. Texts come from the network. */
export interface SourceProcess {
  /** `[service.namespace/]service.name`; empty without service.name. */
  readonly job: string;
  /** service.instance.id, or what else identifies the process, such as a process ID and host; empty if nothing does. */
  readonly process: string;
  /** Whether the resource has service.instance.id. */
  readonly hasInstanceId: boolean;
  /** Attributes of its latest resource, as text. */
  readonly attributes: readonly (readonly [key: string, value: string])[];
  /** IP address from which it sent last; empty if unknown. */
  readonly address: string;
  readonly transport: Transport;
  readonly userAgent: string;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
  readonly requests: number;
  readonly points: number;
  /** Bytes of request bodies after decompression; a request of several processes counts for each. */
  readonly bytes: number;
  /** Requests that the pipeline refused. */
  readonly refused: number;
  /** Smoothed time between requests, ms; undefined before the second request. */
  readonly intervalMs: number | undefined;
  /** The latest difference between the time of the request's first data point and pitot's clock, ms; positive: ahead of pitot. */
  readonly clockSkewMs: number | undefined;
  /** Number of addresses from which it has sent, at most 2. */
  readonly addresses: number;
}

/** Who sends to a receiver. */
export interface ClientsView {
  /** Most recently active first, at most `limit`. */
  sources(limit: number): readonly SourceProcess[];
  /** Number of processes that are recorded, and of those that were recorded and evicted. */
  readonly known: number;
  readonly evicted: number;
  /** Requests without any data point since the start. */
  readonly emptyRequests: number;
  /** Requests that contained data since the start, and the time of the latest; undefined: none yet. */
  readonly requests: number;
  readonly lastUnixMs: number | undefined;
}

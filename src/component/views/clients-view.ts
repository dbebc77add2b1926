import type { Transport } from './rejection.ts';

/** A process that sends to a receiver, as recorded by the receiver. Texts come from the network. */
export interface SourceProcess {
  /** `[service.namespace/]service.name`; empty without service.name. */
  readonly job: string;
  /**
   * service.instance.id, or other attributes that identify the process, such as a process ID and host. Empty if there
   * are none.
   */
  readonly process: string;
  /** Whether the resource has service.instance.id. */
  readonly hasInstanceId: boolean;
  /** Attributes of its latest resource, as text. */
  readonly attributes: readonly (readonly [key: string, value: string])[];
  /** IP address of the latest request; empty if unknown. */
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
  /**
   * Difference between the time of the latest request's first data point and pitot's clock, ms. Positive if ahead of
   * pitot.
   */
  readonly clockSkewMs: number | undefined;
  /** Number of addresses from which the process has sent, at most 2. */
  readonly addresses: number;
}

/** The processes that send to a receiver. */
export interface ClientsView {
  /** Returns up to `limit` processes, most recently active first. */
  sources(limit: number): readonly SourceProcess[];
  /** Number of recorded processes, and of processes that were recorded and evicted. */
  readonly known: number;
  readonly evicted: number;
  /** Number of requests without any data point since startup, and the time of the latest. */
  readonly emptyRequests: number;
  readonly lastEmptyUnixMs: number | undefined;
  /** A field of the latest of them that is not one of OTLP JSON; undefined if there is none. */
  readonly lastEmptyField: string | undefined;
  /** Number of requests with data since startup, and the times of the first and the latest. Undefined if there is none yet. */
  readonly requests: number;
  readonly firstUnixMs: number | undefined;
  readonly lastUnixMs: number | undefined;
}

/** User agent of `pitot doctor`, whose test points are neither traffic nor clients. */
export const doctorAgent = 'pitot-doctor';

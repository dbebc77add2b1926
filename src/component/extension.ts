import type { Component, ComponentId, ComponentKind } from './component.ts';
import type { ClientContext } from './consumer.ts';

/** Origin of a request. */
export interface ClientAddress {
  /** IP address, or `''` if unknown. */
  readonly address: string;
}

/** An extension that authenticates clients. `authenticate` rejects with an Error whose message the client may see. */
export interface ServerAuthenticator extends Component {
  /** `headers`: lower-case names. Resolves with attributes such as `username`. */
  authenticate(
    headers: ReadonlyMap<string, readonly string[]>,
    client?: ClientAddress,
  ): Promise<ReadonlyMap<string, string>>;
}

/** A request that a client is about to send. */
export interface OutgoingRequest {
  /** Client whose data the request contains; `noClientContext` if there are several. */
  readonly client: ClientContext;
  /** Headers so far, with lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Headers to set on a request, with names as configured. `undefined` removes a header. */
export type HeaderChanges = ReadonlyMap<string, string | undefined>;

/** An extension that adds credentials to outgoing requests. */
export interface ClientAuthenticator extends Component {
  /** Returns the headers of a request that is sent now. Rejects if there are no credentials; the request is then not sent. */
  requestHeaders(request: OutgoingRequest): HeaderChanges | Promise<HeaderChanges>;
}

/** An extension that is notified when the pipelines are ready and when they are about to stop (health_check). */
export interface PipelineWatcher extends Component {
  ready(): void;
  notReady(): void;
  /** Notifies that a component is degraded (`problem`) or has recovered (undefined); see `Host.reportStatus`. */
  componentStatus?(id: ComponentId, problem: Error | undefined, kind: ComponentKind): void;
  /** Notifies that a reload has replaced pipelines or components. */
  pipelinesChanged?(): void;
}

/** An extension that persists small state for other components; see extensions/file-storage. */
export interface StorageExtension extends Component {
  /** Returns the store of one component and creates it if necessary. @throws Error before `start` */
  client(owner: string): StorageClient;
  /** Reason and remedy if this extension stores nothing, so that its clients must keep their state in memory; otherwise undefined. */
  readonly unavailable: string | undefined;
  /** Reason why the latest write failed, or undefined if it succeeded. */
  readonly failure: string | undefined;
  /** Path of the file, for messages. */
  readonly location: string;
}

/**
 * A durable map of byte strings. `write` resolves when all its changes are on disk, in one transaction that other writers may share
 * (group commit). It rejects if the transaction fails; then none of the changes is on disk.
 */
export interface StorageClient {
  read(key: string): Uint8Array | undefined;
  /** Returns all entries whose key starts with `prefix`, in key order. */
  scan(prefix: string): Iterable<readonly [key: string, value: Uint8Array]>;
  /** Returns the keys that start with none of the prefixes. */
  keysOutside(prefixes: readonly string[]): readonly string[];
  /** Moves an entry that the owner cannot read to a file for corrupted entries. Corrupted bytes are moved without this call. */
  setAside(key: string, reason: string): void;
  /** Number of entries that this client has found corrupted, and of those found before whose owner is not known. */
  readonly lostEntries: number;
  /** Rejects immediately if the changes add `growthBytes`, and the disk would then have less space than deletions need. */
  write(changes: StorageChanges, growthBytes?: number): Promise<void>;
  /** Begins the transaction of everything that waits, now or as soon as possible: what waits is so much that a transaction would take long. */
  hasten(): void;
}

/**
 * The changes, or a function that returns them when the shared transaction begins, so that an entry that changes often is written once.
 * Each change is written as soon as the iterator yields it: not all of them need to exist at the same time.
 */
export type StorageChanges = Iterable<StorageChange> | (() => Iterable<StorageChange>);

export type StorageChange = { readonly put: string; readonly value: Uint8Array } | { readonly delete: string };

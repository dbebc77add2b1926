import type { Component, ComponentId } from './component.ts';

/** An extension that checks who is asking. `authenticate` rejects with an Error whose message the client may see. */
export interface ServerAuthenticator extends Component {
  /** `headers`: lower-case names. Resolves with attributes such as `username`. */
  authenticate(headers: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>>;
}

/** An extension that gives outgoing requests what shows who is asking. */
export interface ClientAuthenticator extends Component {
  /** Headers to set on a request now; names as configured. */
  requestHeaders(): ReadonlyMap<string, string>;
}

/** An extension that is told when the pipelines are ready and when they are about to stop (health_check). */
export interface PipelineWatcher extends Component {
  ready(): void;
  notReady(): void;
  /** A component works no longer as it should (`problem`), or does again (undefined); see `Host.reportStatus`. */
  componentStatus?(id: ComponentId, problem: Error | undefined): void;
}

/** An extension that keeps small state on disk for other components; see extensions/file-storage. */
export interface StorageExtension extends Component {
  /** The store of one component, opened or created. Throws before `start`. */
  client(owner: string): StorageClient;
  /** Why the latest write failed; undefined while the storage works. */
  readonly failure: string | undefined;
  /** Path of the file, for messages. */
  readonly location: string;
}

/**
 * A durable map of byte strings. `write` resolves once all its changes are on disk, in one transaction that other writers may
 * share (group commit); it rejects when they could not be written, and then none of them is there.
 */
export interface StorageClient {
  read(key: string): Uint8Array | undefined;
  /** All entries whose key starts with `prefix`, in key order. */
  scan(prefix: string): Iterable<readonly [key: string, value: Uint8Array]>;
  write(changes: StorageChanges): Promise<void>;
}

/**
 * The changes, or a function that is asked for them when the shared transaction begins: what is changed often is then written once.
 * They are taken one by one and written at once, so many need not exist at the same time.
 */
export type StorageChanges = Iterable<StorageChange> | (() => Iterable<StorageChange>);

export type StorageChange = { readonly put: string; readonly value: Uint8Array } | { readonly delete: string };

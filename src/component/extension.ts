import type { Component } from './component.ts';

/** An extension that checks who is asking. `authenticate` rejects with an Error whose message the client may see. */
export interface ServerAuthenticator extends Component {
  /** `headers`: lower-case names. Resolves with attributes such as `username`. */
  authenticate(headers: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>>;
}

/** An extension that is told when the pipelines are ready and when they are about to stop (health_check). */
export interface PipelineWatcher extends Component {
  ready(): void;
  notReady(): void;
}

/** An extension that keeps small state on disk for other components; see extensions/file-storage. */
export interface StorageExtension extends Component {
  /** The store of one component, opened or created. */
  client(owner: string): StorageClient;
}

/**
 * A durable map of byte strings. `write` resolves once all its changes are on disk, in one transaction that other writers may
 * share (group commit); it rejects when they could not be written, and then none of them is there.
 */
export interface StorageClient {
  read(key: string): Uint8Array | undefined;
  /** All entries whose key starts with `prefix`, in key order. */
  scan(prefix: string): Iterable<readonly [key: string, value: Uint8Array]>;
  write(changes: readonly StorageChange[]): Promise<void>;
}

export type StorageChange =
  | { readonly put: string; readonly value: Uint8Array }
  | { readonly delete: string };

import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import type { ApiObject } from './api-object.ts';
import { watchEvents } from './watch-events.ts';

/** Objects in one answer to a list, so that parsing it does not block the event loop for long. */
const pageSize = 100;
/** Seconds after which the server ends a watch. */
const watchSeconds = 300;
const shortestPauseMs = 1000;
const longestPauseMs = 30_000;

/** Objects to list and watch, and the functions that handle them. */
export interface Subject {
  /** Path of the list, such as `/api/v1/pods`. */
  readonly path: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** Whether only the metadata of the objects is needed. */
  readonly metadataOnly: boolean;
  set(object: ApiObject): void;
  delete(object: ApiObject): void;
}

/** Called while objects are listed and watched. */
export interface ListWatchEvents {
  /** All objects are known. Called after each list. */
  synced(): void;
  /** A request failed and will be repeated. */
  failed(error: Error): void;
  /** A request succeeded. */
  succeeded(): void;
}

interface List {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly ApiObject[];
}

/** Keeps a copy of the objects of one kind: lists them, watches changes from there, and lists again if it has missed some. */
export class ListWatch {
  readonly #client: ApiClient;
  readonly #subject: Subject;
  readonly #events: ListWatchEvents;
  readonly #random: () => number;
  /** Listed or watched objects, by UID, to find those that are missing in the next list. */
  #known = new Map<string, ApiObject>();
  #version: string | undefined;
  #pauseMs = shortestPauseMs;

  constructor(client: ApiClient, subject: Subject, events: ListWatchEvents, random = Math.random) {
    this.#client = client;
    this.#subject = subject;
    this.#events = events;
    this.#random = random;
  }

  /** Runs until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        if (this.#version === undefined) await this.#list(stop);
        await this.#watch(stop);
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof ApiError && error.isGone && this.#version !== undefined) {
          this.#version = undefined;
          continue;
        }
        // A list that expired between two pages starts again, too, but after a pause.
        this.#version = error instanceof ApiError ? undefined : this.#version;
        this.#events.failed(error as Error);
        await delay(this.#pauseMs * (0.5 + this.#random() / 2), undefined, { signal: stop }).catch(() => {});
        this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      }
    }
  }

  async #list(stop: AbortSignal): Promise<void> {
    const listed = new Map<string, ApiObject>();
    let next: string | undefined;
    let version: string | undefined;
    do {
      const page = (await this.#client.get(
        this.#path({ limit: `${pageSize}`, ...(next && { continue: next }) }),
        this.#accept('List'),
        stop,
      )) as List;
      for (const object of page.items ?? []) this.#set(object, listed);
      version = page.metadata?.resourceVersion;
      next = page.metadata?.continue || undefined;
    } while (next !== undefined);
    for (const [uid, object] of this.#known) if (!listed.has(uid)) this.#subject.delete(object);
    this.#known = listed;
    this.#version = version ?? '0';
    this.#succeeded();
    this.#events.synced();
  }

  async #watch(stop: AbortSignal): Promise<void> {
    const query = {
      watch: '1',
      resourceVersion: this.#version!,
      allowWatchBookmarks: 'true',
      timeoutSeconds: `${watchSeconds}`,
    };
    const response = await this.#client.open(this.#path(query), this.#accept(''), stop);
    this.#succeeded();
    for await (const { type, object } of watchEvents(response)) {
      if (type === 'ERROR') throw new ApiError(object.code ?? 500, object.message ?? 'the watch failed');
      const { uid = '', resourceVersion } = object.metadata ?? {};
      if (type === 'DELETED') {
        this.#known.delete(uid);
        this.#subject.delete(object);
      } else if (type !== 'BOOKMARK') {
        this.#set(object, this.#known);
      }
      this.#version = resourceVersion ?? this.#version;
    }
    // A server that ends each watch immediately must not cause a busy loop.
    await delay(this.#random() * shortestPauseMs, undefined, { signal: stop });
  }

  #set(object: ApiObject, known: Map<string, ApiObject>): void {
    const { uid = '', name = '' } = object.metadata ?? {};
    known.set(uid, { metadata: { uid, name } });
    this.#subject.set(object);
  }

  #succeeded(): void {
    this.#pauseMs = shortestPauseMs;
    this.#events.succeeded();
  }

  #path(query: Readonly<Record<string, string>>): string {
    const { path, labelSelector, fieldSelector } = this.#subject;
    const selectors = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) };
    return `${path}?${new URLSearchParams({ ...query, ...selectors })}`;
  }

  #accept(suffix: 'List' | ''): string {
    if (!this.#subject.metadataOnly) return 'application/json';
    return `application/json;as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1,application/json`;
  }
}

import { Worker } from 'node:worker_threads';
import { BodyError } from '#compression/body-error.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { ownedBytes } from './owned-bytes.ts';
import type { TaskName, Tasks } from './tasks.ts';

export interface TaskRequest {
  readonly id: number;
  readonly task: string;
  readonly args: readonly unknown[];
}

export interface TaskReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Set by scripts/bundle.ts: the program of the thread, which is then no file of its own. */
declare const backgroundProgram: string | undefined;

/** Milliseconds after which a thread without work ends. */
const idleMs = 30_000;
/** Bounds on the thread's own heap, MiB. Bodies lie outside of it. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/** The errors that a task may throw on purpose; any other is a fault. */
const errorsByName: Readonly<Record<string, new (message: string) => Error>> = { BodyError, DecodeError };

/**
 * Does long work on another thread, one task after the other, so that the event loop goes on. The thread is started for the first
 * task and ends when there was none for a while. Callers bound how much they ask for.
 */
export class Background {
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;

  /**
   * Does a task. Large byte arrays are handed over: the caller must not use them any more.
   * Rejects with what the task throws (BodyError and DecodeError as such), or with an Error when the thread fails.
   */
  run<Name extends TaskName>(task: Name, ...args: Parameters<Tasks[Name]>): Promise<ReturnType<Tasks[Name]>> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    this.#lastId += 1;
    const id = this.#lastId;
    const owned = args.map((value) => (value instanceof Uint8Array ? ownedBytes(value) : value));
    const request: TaskRequest = { id, task, args: owned };
    const transfer = owned.flatMap((value) => (value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker!.postMessage(request, transfer);
    });
  }

  #start(): Worker {
    const options = { resourceLimits, name: 'pitot background' };
    const worker =
      typeof backgroundProgram === 'string'
        ? new Worker(backgroundProgram, { ...options, eval: true })
        : new Worker(new URL('./worker.ts', import.meta.url), options);
    worker.unref();
    worker.on('message', (reply: TaskReply) => this.#settle(reply));
    worker.on('error', (error: Error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, new Error('the background thread has ended')));
    return worker;
  }

  #settle({ id, result, error }: TaskReply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#idle = setTimeout(() => this.#end(), idleMs).unref();
    if (error === undefined) pending?.resolve(result instanceof Uint8Array ? Buffer.from(result.buffer) : result);
    else pending?.reject(new (errorsByName[error.name] ?? Error)(error.message));
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

/** The background thread of this process. */
export const background = new Background();

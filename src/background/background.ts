import { Worker } from 'node:worker_threads';
import { BodyError } from '#compression/body-error.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { ownedBytes } from './owned-bytes.ts';
import type { TaskName, Tasks } from './tasks.ts';

/** A task for the thread. `id` is in the reply. */
export interface TaskRequest {
  readonly id: number;
  readonly task: string;
  readonly args: readonly unknown[];
}

/** The result of a task, or its error. */
export interface TaskReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Set by scripts/bundle.ts: the program of the thread, which the bundle contains instead of a file. */
declare const backgroundProgram: string | undefined;

/** Idle time after which the thread ends, ms. Its memory is up to 100 MiB after a large body, and its start takes 50 ms. */
const idleMs = 5_000;
/** Limits of the thread's own heap, MiB. Request bodies are outside of it. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/** Errors that a task throws on purpose. Any other error is a fault. */
const errorsByName: Readonly<Record<string, new (message: string) => Error>> = { BodyError, DecodeError };

/**
 * Runs long work on another thread, one task after the other, so that the event loop is not blocked. The thread starts
 * with the first task and ends after a time without tasks. Callers limit the amount of work.
 */
export class Background {
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;

  /**
   * Runs a task. Large byte arrays are transferred: the caller must not use them afterwards. Rejects with the error of
   * the task (BodyError and DecodeError keep their types), or with an Error if the thread fails.
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

  /** Ends the thread now if it has no task, to release its memory. */
  endIdle(): void {
    if (this.#pending.size > 0) return;
    clearTimeout(this.#idle);
    this.#end();
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

import { createConnection } from 'node:net';
import { performance } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Observations of one observer. */
export interface Observed {
  readonly asked: number;
  /** Answers other than 200 and 503, and connections that failed. */
  readonly failed: number;
  /** Milliseconds of the slowest answer, less what the observer itself was late. */
  readonly slowestMs: number;
}

/**
 * Requests the output of ports continuously, on its own thread, so that creating requests does not count as a slow
 * response.
 */
export class Observer {
  readonly #worker: Worker;

  constructor(targets: readonly { readonly port: number; readonly path: string }[]) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: targets });
  }

  /** Returns the observations since the last call, of at least one answer. */
  async take(): Promise<Observed> {
    for (;;) {
      const observed = await this.#taken();
      if (observed.asked > 0 || observed.failed > 0) return observed;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #taken(): Promise<Observed> {
    return new Promise((resolve) => {
      this.#worker.once('message', resolve);
      this.#worker.postMessage('take');
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

if (!isMainThread) observe(workerData);

function observe(targets: readonly { readonly port: number; readonly path: string }[]): void {
  let seen = { asked: 0, failed: 0, slowestMs: 0 };
  const lag = { ms: 0, at: performance.now() };
  setInterval(() => {
    const now = performance.now();
    lag.ms = Math.max(lag.ms, now - lag.at - 5);
    lag.at = now;
  }, 5);
  parentPort!.on('message', () => {
    parentPort!.postMessage(seen);
    seen = { asked: 0, failed: 0, slowestMs: 0 };
  });
  for (const target of targets) ask(target);

  function ask({ port, path }: { readonly port: number; readonly path: string }): void {
    const began = performance.now();
    lag.ms = 0;
    let answer = '';
    const socket = createConnection(port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    socket.on('data', (chunk) => {
      answer ||= chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      const ms = Math.max(performance.now() - began - lag.ms, 0);
      seen = {
        asked: seen.asked + 1,
        failed: seen.failed + (/^HTTP\/1\.1 (200|503) /.test(answer) ? 0 : 1),
        slowestMs: Math.max(seen.slowestMs, ms),
      };
      setTimeout(() => ask({ port, path }), 10);
    });
  }
}

import { parentPort } from 'node:worker_threads';
import type { TaskReply, TaskRequest } from './background.ts';
import { ownedBytes } from './owned-bytes.ts';
import { type TaskName, tasks } from './tasks.ts';

/* The thread of background.ts. Runs one task after the other. */

parentPort!.on('message', ({ id, task, args }: TaskRequest) => {
  try {
    const result: unknown = (tasks[task as TaskName] as (...args: unknown[]) => unknown)(...args);
    if (result instanceof Uint8Array) {
      const bytes = ownedBytes(result);
      post({ id, result: bytes }, [bytes.buffer as ArrayBuffer]);
    } else post({ id, result });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ id, error: { name, message } });
  }
});

function post(reply: TaskReply, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(reply, transfer);
}

import { RetryableError } from '#component/errors.ts';

/** A request is not in the queue. */
export class NotQueuedError extends RetryableError {}

/** A request does not fit into the queue. */
export class QueueFullError extends NotQueuedError {
  constructor() {
    super('sending queue is full');
  }
}

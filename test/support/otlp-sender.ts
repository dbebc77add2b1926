import { Agent } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { type Answer, ask } from './http.ts';
import type { RecordedRequest } from './recording.ts';

/** The answers after which an OTLP exporter sends the same request again (OTLP specification, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

type Delivery = Pick<RecordedRequest, 'path' | 'headers' | 'body'>;

export interface SenderOptions {
  /** How many connections share the work; 1 keeps the order. */
  readonly connections?: number;
  /** Awaited before each request is sent for the first time. */
  readonly passed?: () => Promise<void>;
  /** Called after each acknowledgement. */
  readonly acknowledged?: () => void;
}

/** Attempts that failed. */
export interface Delivered {
  /** Nobody listened, or the answer said to come back. */
  refused: number;
  /** The connection ended before the answer: the request may have been taken or not. */
  cutOff: number;
}

/**
 * Delivers requests over HTTP as OTLP exporters do: one at a time on each connection, and the same body again after a lost
 * connection or a retryable answer, only with shorter pauses than theirs. Resolves when all are acknowledged; rejects on any other answer, or when a request finds nobody for ten minutes.
 */
export async function deliver(
  port: number,
  requests: Iterable<Delivery>,
  { connections = 1, passed, acknowledged }: SenderOptions = {},
): Promise<Delivered> {
  const queue = requests[Symbol.iterator]();
  const counts = { refused: 0, cutOff: 0 };
  const work = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let next = queue.next(); !next.done; next = queue.next()) {
      await passed?.();
      await deliverOne(port, next.value, { agent, counts });
      acknowledged?.();
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return counts;
}

async function deliverOne(
  port: number,
  { path, headers, body }: Delivery,
  { agent, counts }: { agent: Agent; counts: Delivered },
): Promise<void> {
  const end = Date.now() + 600_000;
  const withLength = { ...headers, 'content-length': String(body.length) };
  for (;;) {
    const answer = await ask(port, { method: 'POST', path, headers: withLength, body, agent }).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    if (answer instanceof Error) counts[answer.code === 'ECONNREFUSED' ? 'refused' : 'cutOff'] += 1;
    else if (answer.status === 200) return;
    else if (retryable.has(answer.status)) counts.refused += 1;
    else throw new Error(`refused: ${described(answer)}`);
    if (Date.now() > end) throw new Error(`not delivered: ${described(answer)}`);
    await after(10);
  }
}

function described(answer: Answer | Error): string {
  return answer instanceof Error ? answer.message : `${answer.status} ${answer.body}`;
}

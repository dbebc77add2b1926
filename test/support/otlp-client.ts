import { Agent } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { type Answer, ask } from './http.ts';
import type { RecordedRequest } from './recording.ts';

/** Statuses after which an OTLP exporter retries (OTLP specification, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

type Delivery = Pick<RecordedRequest, 'path' | 'headers' | 'body'>;

export interface SenderOptions {
  /** Number of connections. 1 preserves the order of requests. */
  readonly connections?: number;
  /** Awaited before the first attempt of each request. */
  readonly passed?: () => Promise<void>;
  /** Called after each acknowledgment. */
  readonly acknowledged?: () => void;
}

/** Numbers of failed attempts. */
export interface Delivered {
  /** Attempts that failed to connect or received a retryable status. */
  refused: number;
  /** Attempts whose connection ended before the response. The server might have processed the request. */
  cutOff: number;
}

/**
 * Delivers requests over HTTP like OTLP exporters: one in-flight request per connection, and a retry of the same body after a lost connection or a
 * retryable status, but with shorter pauses. Resolves when all requests are acknowledged.
 * @throws Error on any other status, or if a request is not delivered within ten minutes
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

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
  /** Called before a request is sent for the first time. */
  readonly paced?: () => Promise<void> | undefined;
}

/**
 * Delivers requests over HTTP as OTLP exporters do: one at a time on each connection, and the same body again after a lost
 * connection or a retryable answer, only with shorter pauses than theirs. Resolves when all are acknowledged, to how many
 * attempts failed; rejects on any other answer, or when a request finds nobody for a minute.
 */
export async function deliver(
  port: number,
  requests: Iterable<Delivery>,
  { connections = 1, paced }: SenderOptions = {},
): Promise<number> {
  const queue = requests[Symbol.iterator]();
  let failures = 0;
  const work = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let next = queue.next(); !next.done; next = queue.next()) {
      await paced?.();
      failures += await deliverOne(port, next.value, agent);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return failures;
}

async function deliverOne(port: number, { path, headers, body }: Delivery, agent: Agent): Promise<number> {
  const end = Date.now() + 60_000;
  const question = {
    method: 'POST',
    path,
    headers: { ...headers, 'content-length': String(body.length) },
    body,
    agent,
  };
  for (let failures = 0; ; failures += 1) {
    const answer = await ask(port, question).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.status === 200) return failures;
    if (!(answer instanceof Error) && !retryable.has(answer.status)) {
      throw new Error(`refused: ${described(answer)}`);
    }
    if (Date.now() > end) throw new Error(`not delivered: ${described(answer)}`);
    await after(10);
  }
}

function described(answer: Answer | Error): string {
  return answer instanceof Error ? answer.message : `${answer.status} ${answer.body}`;
}

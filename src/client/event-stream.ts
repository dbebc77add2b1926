import type { IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { TimeoutError } from './http-request.ts';

/** Characters of one event. */
const maxEvent = 16 * 1024 * 1024;

/** The server answered with a status other than 200. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`status ${status}: ${body.slice(0, 500)}`);
    this.status = status;
    this.body = body;
  }
}

interface StreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Time to wait for the beginning of the answer. */
  readonly timeoutMs: number;
  readonly stopped: AbortSignal;
  /** Called when the server has begun its answer. */
  onOpen(): void;
}

/**
 * Reads server-sent events: yields the data of each until the server ends the stream or `stopped` aborts.
 * @throws the system's error, TimeoutError, or StatusError
 */
export async function* eventsAt(url: URL, options: StreamOptions): AsyncGenerator<string, void> {
  const { stopped } = options;
  let response: IncomingMessage | undefined;
  const stop = () => response?.destroy();
  stopped.addEventListener('abort', stop, { once: true });
  try {
    response = await opened(url, options);
    if (response.statusCode !== 200) {
      throw new StatusError(response.statusCode ?? 0, await textOf(response));
    }
    options.onOpen();
    yield* eventsIn(response.setEncoding('utf8'));
  } catch (error) {
    if (!stopped.aborted) throw error;
  } finally {
    stopped.removeEventListener('abort', stop);
    response?.destroy();
  }
}

async function* eventsIn(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > maxEvent) throw new Error(`an event has more than ${maxEvent} characters`);
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
      if (data.length > 0) yield data.join('\n');
    }
  }
}

/** Sends the request; resolves when the answer begins. */
function opened(url: URL, { headers, timeoutMs, stopped }: StreamOptions): Promise<IncomingMessage> {
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent: false, signal: stopped });
    const timer = setTimeout(() => outgoing.destroy(new TimeoutError(timeoutMs)), timeoutMs);
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end();
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedRequest } from './read-recording.ts';
import { latestTime, type Moment, withTimes } from './shift-times.ts';

export interface ReplayOptions {
  /** Base URL of the receiver, such as `http://localhost:4318`. */
  readonly to: string;
  /** Factor for the recorded times between requests; Infinity sends without waiting. */
  readonly speed: number;
  /** Whether times in the data move to the present. */
  readonly shiftsTimes: boolean;
  readonly signal: AbortSignal;
}

export interface ReplayResult {
  readonly sent: number;
  readonly bytes: number;
  /** Refused requests by status and body, with their number. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Maximum time for which a request is retried if the receiver requests it, ms. */
const maxRetryMs = 60_000;

/**
 * Sends the requests of a recording one after another, like an exporter: a response 429 or 503 is retried after its
 * Retry-After. When `signal` aborts, returns the result so far.
 * @throws Error if the receiver cannot be reached
 */
export async function replay(requests: readonly RecordedRequest[], options: ReplayOptions): Promise<ReplayResult> {
  const moment = options.shiftsTimes ? shiftFor(requests, options.speed) : undefined;
  const refused = new Map<string, number>();
  const began = performance.now();
  let sent = 0;
  let bytes = 0;
  for (const request of requests) {
    const dueMs = began + (request.atSeconds / options.speed) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted) break;
    const body = moment ? withTimes(request, moment) : request.body();
    const answer = await post(request, body, options);
    sent += 1;
    bytes += body.length;
    if (answer !== undefined) refused.set(answer, (refused.get(answer) ?? 0) + 1);
  }
  return { sent, bytes, refused };
}

/**
 * Maps the times of the recording to the present. At a finite speed, the data of the first request is from now, and
 * later data follows at that speed. Without waiting, the latest data is from now.
 */
function shiftFor(requests: readonly RecordedRequest[], speed: number): Moment {
  const now = BigInt(Date.now()) * 1_000_000n;
  if (Number.isFinite(speed)) {
    const first = requests.map(latestTime).find((time) => time !== undefined) ?? now;
    // Thousandths of the speed keep the arithmetic exact.
    const thousandths = BigInt(Math.max(1, Math.round(speed * 1000)));
    return (time) => now + ((time - first) * 1000n) / thousandths;
  }
  const last = requests.reduce((latest, request) => {
    const time = latestTime(request) ?? 0n;
    return time > latest ? time : latest;
  }, 0n);
  return (time) => time + now - last;
}

/** Posts a body. Returns undefined if it was accepted, otherwise the status and the beginning of the response. */
async function post(
  { path, headers }: RecordedRequest,
  body: Buffer,
  options: ReplayOptions,
): Promise<string | undefined> {
  const url = new URL(path.slice(1), options.to.endsWith('/') ? options.to : `${options.to}/`);
  const { 'content-length': _, host: __, connection: ___, ...kept } = headers;
  for (const deadline = performance.now() + maxRetryMs; ; ) {
    let response: Response;
    try {
      response = await fetch(url, { method: 'POST', headers: kept, body: new Uint8Array(body) });
    } catch (error) {
      const { cause, message } = error as Error;
      const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message;
      throw new Error(`POST ${url}: ${reason}; start pitot first, or name its address with --to`);
    }
    const text = (await response.text()).slice(0, 200);
    if (response.ok) return undefined;
    const retryMs = Number(response.headers.get('retry-after') ?? 1) * 1000;
    const mayRetry = response.status === 429 || response.status === 503;
    if (!mayRetry || performance.now() + retryMs > deadline) return `${response.status} ${text.trim()}`;
    await sleep(retryMs, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted) return `${response.status} ${text.trim()}`;
  }
}

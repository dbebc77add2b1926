import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedRequest } from './read-recording.ts';
import type { RecordedBody } from './redact.ts';
import type { Sender } from './send-request.ts';
import { latestTime, type Moment, withTimes } from './shift-times.ts';

/** Parameters of {@link replay}. */
export interface ReplayOptions {
  readonly sender: Sender;
  /** Factor for the recorded times between requests; Infinity sends without waiting. */
  readonly speed: number;
  /** Whether times in the data move to the present. */
  readonly shiftsTimes: boolean;
  readonly signal: AbortSignal;
}

/** What was sent, and what was refused. */
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
    const { path, headers } = request;
    const answer = await deliver({ path, headers, body }, options);
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

/** Sends a body, again if the receiver asks for it. Returns undefined if it was accepted, otherwise the answer. */
async function deliver(request: RecordedBody, { sender, signal }: ReplayOptions): Promise<string | undefined> {
  for (const deadline = performance.now() + maxRetryMs; ; ) {
    const { isAccepted, text, retryMs } = await sender.send(request);
    if (isAccepted) return undefined;
    if (retryMs === undefined || performance.now() + retryMs > deadline) return text;
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return text;
  }
}

import { setTimeout as after } from 'node:timers/promises';
import { timeRange, withTimes } from './fresh-times.ts';
import { deliver } from './otlp-client.ts';
import type { Recording } from './recording.ts';

/** Posts a recording in order within `seconds`, with intervals in proportion to the recorded ones and with current times. */
export async function replayNow({ requests }: Recording, port: number, seconds: number): Promise<void> {
  const { first, last } = timeRange(requests.map(({ body }) => body));
  const began = BigInt(Date.now()) * 1_000_000n;
  const whole = BigInt(seconds) * 1_000_000_000n;
  const moment = (time: bigint) => began + ((time - first) * whole) / (last - first);
  for (const request of requests) {
    const body = withTimes(request.body, moment);
    const dueMs = Number(timeRange([body]).last / 1_000_000n);
    await after(Math.max(0, dueMs - Date.now()));
    await deliver(port, [{ ...request, body }]);
  }
}

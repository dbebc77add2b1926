import type { ServerHttp2Session } from 'node:http2';
import { timerDelay } from '#component/timer-delay.ts';

/**
 * Closes an HTTP/2 connection whose client does not complete the first step, its preface and settings, within `milliseconds` (0: no limit).
 * Node.js would wait forever.
 */
export function limitPreface(session: ServerHttp2Session, milliseconds: number): void {
  if (milliseconds <= 0) return;
  const timer = setTimeout(() => session.destroy(), timerDelay(milliseconds)).unref();
  const done = () => clearTimeout(timer);
  session.once('remoteSettings', done).once('close', done);
}

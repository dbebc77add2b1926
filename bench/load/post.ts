import { connect } from 'node:net';
import { Replay } from './replay.ts';

const defaultConnections = 8;

/** Results of posting requests. */
export interface Posted {
  readonly requests: number;
  /** Milliseconds from request to response, ascending. */
  readonly latenciesMs: readonly number[];
}

/**
 * Posts bodies in a cycle over keep-alive connections until `count` requests have been answered. Uses plain sockets and prebuilt
 * requests, so that the load uses little of the CPU that it shares with the server.
 * @throws Error if a response is not 200.
 */
export function post(
  port: number,
  bodies: readonly Buffer[],
  options: { count: number; connections?: number },
): Promise<Posted> {
  return postFrom(port, new Replay(bodies, options.connections ?? defaultConnections), options);
}

/** Posts requests as {@link post} does, but continues with a replay that can have started before. */
export async function postFrom(
  port: number,
  replay: Replay,
  options: { count: number; connections?: number },
): Promise<Posted> {
  const latenciesMs: number[] = [];
  let sent = 0;
  const connection = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true);
      let began = 0;
      let received = '';
      const send = () => {
        if (sent >= options.count) {
          socket.end();
          resolve();
          return;
        }
        began = performance.now();
        sent++;
        socket.write(replay.next());
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed the connection')));
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
        if (received.length < end + 4 + length) return;
        if (!received.startsWith('HTTP/1.1 200')) {
          reject(new Error(received));
          return;
        }
        received = '';
        latenciesMs.push(performance.now() - began);
        send();
      });
    });
  await Promise.all(Array.from({ length: options.connections ?? defaultConnections }, connection));
  return { requests: latenciesMs.length, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}

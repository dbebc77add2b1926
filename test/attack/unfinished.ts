import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Ports } from './target.ts';

/** A way to hold memory with requests that never end. */
export interface Unfinished {
  readonly name: string;
  /** Begins `count` requests. Returns a function that closes their connections. */
  readonly begin: (ports: Ports, count: number) => Promise<() => void>;
}

const megabyte = Buffer.alloc(1_000_000, 0xff);
const httpHead =
  'POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: 20000000\r\n\r\n';
/** Less than the maximum of both servers. */
const callsOfConnection = 100;

interface Closable {
  destroy(): void;
}

const closing = (connections: readonly Closable[]) => () => {
  for (const connection of connections) connection.destroy();
};

/** Opens connections that send `bytes` and then nothing. */
async function connections(count: number, open: () => ReturnType<typeof connectTcp>, event: string, bytes: Buffer) {
  const sockets = Array.from({ length: count }, open);
  await Promise.all(
    sockets.map((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      return new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.once(event, () => socket.write(bytes, () => resolve()));
      });
    }),
  );
  return closing(sockets);
}

/** Opens calls on shared connections. `send` writes what the call never ends. */
async function calls(count: number, url: string, headers: Readonly<Record<string, string>>, bytes: Buffer) {
  const sessions = Array.from({ length: Math.ceil(count / callsOfConnection) }, () => {
    const session = connectHttp2(url, { rejectUnauthorized: false, maxSessionMemory: 1_000 });
    session.on('error', () => undefined);
    for (let i = 0; i < callsOfConnection; i++) {
      const stream = session.request({ ':method': 'POST', ...headers });
      stream.on('error', () => undefined);
      stream.resume();
      stream.write(bytes);
    }
    return session;
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return closing(sessions);
}

const message = Buffer.concat([Buffer.from([0, 0x01, 0x2d, 0, 0]), megabyte.subarray(0, 60_000)]);

export const unfinishedRequests: readonly Unfinished[] = [
  {
    name: 'bodies over HTTP/1.1',
    begin: ({ http }, count) => {
      const bytes = Buffer.concat([Buffer.from(httpHead), megabyte]);
      return connections(count, () => connectTcp(http, '127.0.0.1'), 'connect', bytes);
    },
  },
  {
    name: 'bodies over TLS',
    begin: ({ tls }, count) => {
      const options = { port: tls, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
      const bytes = Buffer.concat([Buffer.from(httpHead), megabyte]);
      return connections(count, () => connectTls(options), 'secureConnect', bytes);
    },
  },
  {
    name: 'bodies over HTTP/2',
    begin: ({ tls }, count) => {
      const headers = { ':path': '/v1/metrics', 'content-type': 'application/x-protobuf' };
      return calls(count, `https://127.0.0.1:${tls}`, headers, megabyte.subarray(0, 60_000));
    },
  },
  {
    name: 'messages of gRPC that are declared',
    begin: ({ grpc }, count) => {
      const path = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
      const headers = { ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
      return calls(count, `http://127.0.0.1:${grpc}`, headers, message);
    },
  },
  {
    name: 'connections that send nothing',
    begin: ({ http }, count) => connections(count, () => connectTcp(http, '127.0.0.1'), 'connect', Buffer.alloc(0)),
  },
];

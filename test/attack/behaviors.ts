import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import zlib from 'node:zlib';
import { grpcFrame } from '../support/grpc.ts';
import { ask, postMetrics } from '../support/http.ts';
import { field } from '../support/wire.ts';
import type { Ports } from './target.ts';

/** What a hostile client does besides sending large requests. Resolves when it has done its worst, and has closed its connections. */
export interface Behavior {
  readonly name: string;
  readonly run: (ports: Ports) => Promise<void>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const exportPath = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

/** Sends bytes on a new connection, waits at most `ms` until the server closes it, and closes it. */
async function send(port: number, bytes: Buffer | string, { ms = 2_000, isRead = true, isTls = false } = {}) {
  const options = { port, host: '127.0.0.1' };
  const socket: Socket = isTls
    ? connectTls({ ...options, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    : connect(options);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  if (isRead) socket.resume();
  socket.once(isTls ? 'secureConnect' : 'connect', () => socket.write(bytes));
  await Promise.race([closed, pause(ms)]);
  socket.destroy();
}

const times = <Result>(count: number, act: (index: number) => Result) =>
  Promise.all(Array.from({ length: count }, (_, i) => act(i)));

/** An answer of any kind, or none. */
const asked = (answer: Promise<unknown>, ms = 30_000) => Promise.race([answer.catch(() => undefined), pause(ms)]);

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const settings = frame(4, 0, 0);
const opening = Buffer.concat([preface, settings, frame(4, 1, 0)]);
/** `:method: POST`, `:scheme: http`, `:path: /`, from HPACK's static table. */
const headers = Buffer.from([0x83, 0x86, 0x84]);
const repeated = (count: number, one: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => one(i)));

/** Frames on plain gRPC and on HTTP/2 over TLS. */
const frames = (name: string, bytes: () => Buffer): Behavior => ({
  name: `HTTP/2: ${name}`,
  run: async ({ grpc, tls }) => {
    const all = Buffer.concat([opening, bytes()]);
    await Promise.all([
      times(5, () => send(grpc, all, { ms: 5_000 })),
      times(5, () => send(tls, all, { ms: 5_000, isTls: true })),
    ]);
  },
});

const head = (more: string, method = 'POST') =>
  `${method} /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\n${more}`;

/** Posts bodies in a coding at the same time. */
const coded = (name: string, coding: string, body: () => Buffer, count = 25): Behavior => ({
  name,
  run: async ({ http }) => {
    const bytes = body();
    await times(count, () => asked(postMetrics(http, bytes, { 'content-encoding': coding })));
  },
});

const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * 2 ** 20);

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}

/** Many calls of one session. */
async function manyCalls(port: number, count: number, body: Buffer, more: Record<string, string> = {}): Promise<void> {
  const session = connectHttp2(`http://127.0.0.1:${port}`, { maxSessionMemory: 1_000 });
  session.on('error', () => undefined);
  await asked(
    times(count, () => {
      const stream = session.request({
        ':method': 'POST',
        ':path': exportPath,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...more,
      });
      stream.resume();
      stream.end(body);
      return new Promise<void>((resolve) => stream.on('error', () => undefined).once('close', resolve));
    }),
  );
  session.destroy();
}

export const behaviors: readonly Behavior[] = [
  frames('streams that are reset at once', () =>
    repeated(20_000, (i) =>
      Buffer.concat([frame(1, 4, 2 * i + 1, headers), frame(3, 0, 2 * i + 1, Buffer.from([0, 0, 0, 8]))]),
    ),
  ),
  frames('headers that never end', () =>
    Buffer.concat([
      frame(1, 0, 1, headers),
      repeated(20_000, () => frame(9, 0, 1, Buffer.from([0x40, 1, 0x61, 1, 0x62]))),
    ]),
  ),
  frames('empty continuations', () =>
    Buffer.concat([frame(1, 0, 1, headers), repeated(100_000, () => frame(9, 0, 1))]),
  ),
  frames('pings', () => repeated(200_000, () => frame(6, 0, 0, Buffer.alloc(8)))),
  frames('settings', () => repeated(100_000, () => frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 255, 255])))),
  frames('empty data', () => Buffer.concat([frame(1, 4, 1, headers), repeated(200_000, () => frame(0, 0, 1))])),
  frames('window updates', () =>
    Buffer.concat([frame(1, 4, 1, headers), repeated(100_000, () => frame(8, 0, 1, Buffer.from([0, 0, 0, 1])))]),
  ),
  frames('frames of unknown types', () => repeated(50_000, () => frame(0x77, 0, 0, Buffer.alloc(20)))),
  frames('a header of 60 kB, again by its index', () => {
    const long = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, ...varint(3_800 - 127)]), Buffer.alloc(3_800, 0x62)]);
    const bomb = Buffer.concat([headers, long, Buffer.alloc(10_000, 0xbe)]);
    return repeated(100, (i) => frame(1, 5, 2 * i + 1, bomb));
  }),
  {
    name: 'gRPC: a message in frames of one byte',
    run: ({ grpc }) => {
      const body = repeated(50_000, () => frame(0, 0, 1, Buffer.from([1])));
      return send(grpc, Buffer.concat([opening, frame(1, 4, 1, headers), body]), { ms: 5_000 });
    },
  },
  {
    name: 'gRPC: 5,000 small calls at the same time',
    run: async ({ grpc }) => void (await times(20, () => manyCalls(grpc, 250, grpcFrame(Buffer.alloc(0))))),
  },
  {
    name: 'gRPC: metadata of 60 kB in each call',
    run: async ({ grpc }) =>
      void (await times(5, () => manyCalls(grpc, 200, grpcFrame(Buffer.alloc(0)), { 'x-long': 'v'.repeat(60_000) }))),
  },
  {
    name: 'gRPC: 20 messages that become 19 MiB',
    run: ({ grpc }) =>
      manyCalls(grpc, 20, grpcFrame(zlib.gzipSync(zeros(19)), { flag: 1 }), { 'grpc-encoding': 'gzip' }),
  },
  coded('200,000 members of gzip', 'gzip', () => {
    const member = zlib.gzipSync(Buffer.from([0x0a, 0]));
    return repeated(200_000, () => member);
  }),
  coded('empty members of gzip', 'gzip', () => {
    const member = zlib.gzipSync(Buffer.alloc(0));
    return repeated(500_000, () => member);
  }),
  coded('frames of zstd that skip', 'zstd', () =>
    repeated(1_000_000, () => Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])),
  ),
  coded('a window of zstd of 2 GiB', 'zstd', () =>
    Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8]), zeros(1)]),
  ),
  coded('zstd that becomes 1 GiB', 'zstd', () => zlib.zstdCompressSync(zeros(1024))),
  coded('deflate that becomes 1 GiB', 'deflate', () => zlib.deflateSync(zeros(1024)), 10),
  coded('snappy that declares 4 GiB', 'snappy', () => Buffer.from([...varint(4 * 2 ** 30 - 1), 0, 0])),
  coded('snappy of copies', 'snappy', () => {
    const copies = Buffer.alloc(900_000, Buffer.from([0xfe, 1, 0]));
    return Buffer.concat([Buffer.from([...varint(19_200_001), 0, 0]), copies]);
  }),
  coded('blocks of LZ4 without content', 'lz4', () =>
    Buffer.concat([Buffer.from('04224d18604082', 'hex'), Buffer.alloc(8_000_000, Buffer.from([0, 0, 0, 0x80]))]),
  ),
  coded('1,000 bodies that become 1 MB', 'gzip', () => zlib.gzipSync(zeros(1)), 1_000),
  {
    name: '60 scrapes that are not read',
    run: async ({ page }) =>
      void (await times(60, () =>
        send(page, 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n', { ms: 10_000, isRead: false }),
      )),
  },
  {
    name: 'scrapes in a pipeline',
    run: async ({ page, own }) => {
      const scrapes = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2_000);
      await Promise.all([page, own].map((port) => send(port, scrapes, { ms: 10_000, isRead: false })));
    },
  },
  {
    name: 'requests in a pipeline',
    run: async ({ http, health }) => {
      await send(http, `${head('Content-Length: 0\r\n\r\n')}`.repeat(10_000), { ms: 10_000 });
      await send(health, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10_000), { ms: 10_000 });
    },
  },
  {
    name: 'chunks of one byte',
    run: async ({ http }) =>
      void (await times(10, () =>
        send(http, `${head('Transfer-Encoding: chunked\r\n\r\n')}${'1\r\na\r\n'.repeat(500_000)}`, { ms: 10_000 }),
      )),
  },
  {
    name: 'long extensions of chunks',
    run: async ({ http }) =>
      void (await times(10, () =>
        send(http, `${head('Transfer-Encoding: chunked\r\n\r\n')}${`1;${'x'.repeat(10_000)}\r\na\r\n`.repeat(500)}`, {
          ms: 5_000,
        }),
      )),
  },
  {
    name: 'trailers without an end',
    run: async ({ http }) =>
      void (await times(10, () =>
        send(http, `${head('Transfer-Encoding: chunked\r\n\r\n')}0\r\n${'x: y\r\n'.repeat(500_000)}`, { ms: 5_000 }),
      )),
  },
  {
    name: 'a megabyte of headers',
    run: async ({ http, page, own, health }) =>
      void (await Promise.all(
        [http, page, own, health].map((port) =>
          times(25, () =>
            send(port, `${head('', 'GET')}${`x: ${'y'.repeat(1_000)}\r\n`.repeat(1_000)}`, { ms: 5_000 }),
          ),
        ),
      )),
  },
  {
    name: 'accepted formats of 500 kB',
    run: async ({ page }) =>
      void (await times(25, () =>
        asked(
          ask(page, {
            path: '/metrics',
            headers: { accept: 'text/plain;q=0.1,'.repeat(30_000), 'accept-encoding': 'gzip;q=0.5,'.repeat(30_000) },
          }),
        ),
      )),
  },
  {
    name: 'paths and queries of 500 kB',
    run: async ({ http, page, own, health, zpages, pprof, console }) => {
      const paths = [
        '/'.repeat(500_000),
        `/metrics?${'name[]=a&'.repeat(50_000)}`,
        `/${'%2e%2e/'.repeat(70_000)}`,
        `/api/v1/series?match=${'%22'.repeat(160_000)}`,
      ];
      const ports = [http, page, own, health, zpages, pprof, console];
      await Promise.all(ports.flatMap((port) => paths.map((path) => asked(ask(port, { path })))));
    },
  },
  {
    name: 'selectors that take exponential time',
    run: async ({ console }) => {
      const selectors = [
        '{a=~"(a+)+$"}',
        `{a=~"${'(a?){50}'.repeat(50)}"}`,
        `{a=~"${'('.repeat(1_000)}"}`,
        '{__name__=~".*.*.*.*.*.*=x"}',
      ];
      const paths = selectors.flatMap((text) =>
        ['series', 'metrics', 'cardinality'].map(
          (view) => `/api/v1/${view}?match=${encodeURIComponent(text)}&query=${encodeURIComponent(text)}&limit=1000000`,
        ),
      );
      await times(5, () => Promise.all(paths.map((path) => asked(ask(console, { path })))));
    },
  },
  {
    name: '100 requests of every view of the console',
    run: async ({ console }) => {
      const views = [
        'status',
        'history',
        'scrapes',
        'problems',
        'airflow',
        'cardinality',
        'metrics',
        'sources',
        'pipelines',
        'config',
        'log',
      ];
      await times(100, (i) => asked(ask(console, { path: `/api/v1/${views[i % views.length]}` })));
    },
  },
  {
    name: 'profiles at the same time',
    run: async ({ pprof }) => {
      const paths = [
        'profile?seconds=1',
        'heap',
        'allocs',
        'goroutine',
        'trace?seconds=1',
        'profile?seconds=1e9',
        'profile?seconds=-1',
      ];
      await times(21, (i) => asked(ask(pprof, { path: `/debug/pprof/${paths[i % paths.length]}` }), 5_000));
    },
  },
  {
    name: '2,000 TLS handshakes at the same time',
    run: async ({ tls }) => void (await times(2_000, () => send(tls, '', { ms: 3_000, isTls: true }))),
  },
  {
    name: 'half handshakes',
    run: async ({ tls }) =>
      void (await times(1_000, () => send(tls, Buffer.from('1603010200010001fc0303', 'hex'), { ms: 3_000 }))),
  },
  {
    name: '5,000 connections that are reset',
    run: async ({ http, grpc }) => {
      for (let i = 0; i < 10; i++) {
        await times(500, (k) => {
          const socket = connect(k % 2 ? http : grpc, '127.0.0.1').on('error', () => undefined);
          return new Promise<void>((resolve) =>
            socket.once('close', () => resolve()).once('connect', () => socket.resetAndDestroy()),
          );
        });
      }
    },
  },
  {
    name: 'upgrades, tunnels, and expectations',
    run: async ({ http, page }) => {
      const texts = [
        'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
        head('Expect: 100-continue\r\nContent-Length: 20000000\r\n\r\n'),
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      ];
      await Promise.all(
        [http, page].flatMap((port) => texts.map((text) => times(100, () => send(port, text, { ms: 3_000 })))),
      );
    },
  },
  {
    name: 'bodies of one byte per second',
    run: async ({ http }) =>
      void (await times(500, () => send(http, head('Content-Length: 1000\r\n\r\nx'), { ms: 5_000 }))),
  },
  {
    name: 'answers that are not read',
    run: async ({ http }) => {
      const body = Buffer.from(field(1, Buffer.from([0xff])));
      const one = Buffer.concat([Buffer.from(head(`Content-Length: ${body.length}\r\n\r\n`)), body]);
      await times(20, () =>
        send(
          http,
          repeated(5_000, () => one),
          { ms: 5_000, isRead: false },
        ),
      );
    },
  },
];

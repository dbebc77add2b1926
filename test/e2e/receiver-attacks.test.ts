import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import zlib from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

let pitot: RunningPitot;
let ports: { http: number; grpc: number; prometheus: number };
const body = readFileSync(new URL('../fixtures/recordings/airflow-3.3/00000.bin', import.meta.url));
const sockets: Socket[] = [];

beforeAll(async () => {
  const [http, grpc, prometheus] = await freePorts(3);
  ports = { http: http!, grpc: grpc!, prometheus: prometheus! };
  pitot = startPitot([
    `--config=${configFile({
      receivers: {
        otlp: {
          protocols: {
            http: { endpoint: `127.0.0.1:${http}`, max_connections: 200 },
            grpc: { endpoint: `127.0.0.1:${grpc}` },
          },
        },
      },
      exporters: { prometheus: { endpoint: `127.0.0.1:${prometheus}` } },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, Object.values(ports));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await pitot?.stop();
});

async function opened(port: number, text: string | Buffer = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  socket.resume();
  return socket;
}

async function isWell(): Promise<void> {
  expect((await postMetrics(ports.http, body)).status).toBe(200);
  expect((await ask(ports.prometheus, { path: '/metrics' })).status).toBe(200);
  expect(pitot.process.exitCode).toBeNull();
}

const post = 'POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\n';

test('accepts new connections despite idle, slow, and incomplete ones above the limit', async () => {
  for (let index = 0; index < 300; index += 1) {
    const texts = ['', 'POST /v1/metrics HTTP/1.1\r\nHost:', `${post}Content-Length: 1000\r\n\r\nab`];
    await opened(ports.http, texts[index % 3]);
  }
  await isWell();
});

test('refuses decompression bombs of every encoding with bounded memory', async () => {
  const zeros = Buffer.alloc(200 * 1024 * 1024);
  const bombs: Record<string, Buffer> = {
    gzip: zlib.gzipSync(zeros),
    deflate: zlib.deflateSync(zeros),
    zstd: zlib.zstdCompressSync(zeros),
  };
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(
      Object.entries(bombs).map(([encoding, bomb]) => postMetrics(ports.http, bomb, { 'content-encoding': encoding })),
    );
    expect(answers.map(({ status }) => status)).toStrictEqual([400, 400, 400]);
  }
  const status = readFileSync(`/proc/${pitot.process.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  expect(peak).toBeLessThan(400);
  await isWell();
});

test('closes connections that send random bytes, on every port', async () => {
  const pieces = [
    randomBytes(10_000),
    Buffer.from(`${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`),
    Buffer.from(`${post}Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n`),
    Buffer.from(`${post}Content-Length: -1\r\n\r\n`),
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), randomBytes(1000)]),
    Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
  ];
  for (const port of Object.values(ports)) {
    for (const piece of pieces) {
      const socket = await opened(port, piece);
      socket.end();
      await once(socket, 'close');
    }
  }
  await isWell();
});

test('releases all resources of clients that disconnect during a body', async () => {
  for (let index = 0; index < 50; index += 1) {
    const socket = await opened(ports.http, `${post}Content-Length: 1000\r\n\r\nabc`);
    socket.destroy();
  }
  await isWell();
});

test('answers pipelined requests on one connection in order', async () => {
  const good = Buffer.concat([Buffer.from(`${post}Content-Length: ${body.length}\r\n\r\n`), body]);
  const bad = Buffer.from(`${post}Content-Length: 3\r\n\r\nbad`);
  const socket = connect(ports.http, '127.0.0.1');
  sockets.push(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(Buffer.concat([good, bad, good]));
  const statuses = () =>
    [
      ...Buffer.concat(chunks)
        .toString('latin1')
        .matchAll(/HTTP\/1\.1 (\d+)/g),
    ].map(([, code]) => code);
  await expect.poll(statuses).toStrictEqual(['200', '400', '200']);
});

test.each<[string, string, string, RegExp]>([
  ['another method', 'GET /v1/metrics HTTP/1.1\r\nHost: a\r\n\r\n', '', /^HTTP\/1.1 405 /],
  ['another path', 'POST /v1/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', '', /^HTTP\/1.1 404 /],
  [
    'another content type',
    'POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n',
    '',
    /^HTTP\/1.1 415 /,
  ],
  ['stacked encodings', `${post}Content-Encoding: gzip, gzip\r\nContent-Length: 0\r\n\r\n`, '', /^HTTP\/1.1 400 /],
  ['an unknown encoding', `${post}Content-Encoding: br\r\nContent-Length: 0\r\n\r\n`, '', /^HTTP\/1.1 400 /],
  ['headers above a megabyte', `${post}X: ${'x'.repeat(1_200_000)}\r\n\r\n`, '', /^HTTP\/1.1 431 /],
  [
    'a length and chunks',
    `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    '',
    /^HTTP\/1.1 400 /,
  ],
  ['two lengths', `${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, '', /^HTTP\/1.1 400 /],
  ['no host', 'POST /v1/metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n', '', /^HTTP\/1.1 400 /],
  ['another protocol', 'SSH-2.0-x\r\n\r\n', '', /^HTTP\/1.1 400 /],
  [
    'Expect: 100-continue',
    `${post}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`,
    'bad',
    /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 400 /,
  ],
])('%s is answered', async (_, head, later, expected) => {
  const socket = connect(ports.http, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (chunks.length === 1) socket.write(later);
  });
  socket.write(head);
  const answer = () => Buffer.concat(chunks).toString('latin1');
  await expect.poll(() => expected.test(answer()) || socket.destroyed, { timeout: 10_000 }).toBe(true);
  expect(answer()).toMatch(expected);
});

test('refuses a body above the limit while it arrives, for every encoding', async () => {
  const large = Buffer.alloc(21 * 1024 * 1024);
  for (const encoding of ['', 'gzip', 'zstd', 'zlib', 'snappy', 'lz4']) {
    const answer = await postMetrics(ports.http, large, encoding === '' ? {} : { 'content-encoding': encoding });
    expect([answer.status, answer.body.toString()], encoding).toEqual([
      400,
      expect.stringContaining('http: request body too large'),
    ]);
  }
  await isWell();
});

import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

/* Clients that begin a request and do not finish it. The limits are short; nothing here depends on when exactly they apply. */

let pitot: RunningPitot;
let http: number;
let grpc: number;
let https: number;
let grpcs: number;

beforeAll(async () => {
  [http, grpc, https, grpcs] = (await freePorts(4)) as [number, number, number, number];
  const limits = { header_timeout: '1s', body_timeout: '1s' };
  const { cert, key } = makeCertificate('localhost');
  const secure = (port: number) => ({ endpoint: `127.0.0.1:${port}`, tls: { cert_pem: cert, key_pem: key } });
  const config = {
    receivers: {
      otlp: {
        protocols: { http: { endpoint: `127.0.0.1:${http}` }, grpc: { endpoint: `127.0.0.1:${grpc}` } },
        limits,
      },
      'otlp/tls': { protocols: { http: secure(https), grpc: secure(grpcs) }, limits },
    },
    exporters: { debug: {} },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp', 'otlp/tls'], exporters: ['debug'] } },
    },
  };
  pitot = startPitot([`--config=${configFile(config)}`]);
  await untilListening(pitot, [http, grpc, https, grpcs]);
});
afterAll(() => pitot?.stop());

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that arrives until the server closes the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  await once(socket, 'close');
  return text;
}

const head = 'POST /v1/metrics HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';

describe('over HTTP', () => {
  test.each([
    ['nothing', ''],
    ['half of a request line', 'POST /v1/met'],
    ['headers without an end', `${head}x-slow: `],
  ])('a connection that sends %s is closed', async (_, bytes) => {
    const socket = await opened(http);
    socket.write(bytes);
    expect(await untilClosed(socket)).not.toContain('200 OK');
  });

  test.each([
    ['a body without an end', `${head}content-length: 1000\r\n\r\n{`],
    ['a chunked body without an end', `${head}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])('a request with %s receives 503, and its connection is closed', async (_, bytes) => {
    const socket = await opened(http);
    socket.write(bytes);
    const answer = await untilClosed(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('the body did not arrive within 1 seconds');
  });
});

/** Half of what begins each HTTP/2 connection. */
const halfPreface = 'PRI * HTTP/2.0\r\n';
/** The beginning of a TLS record with a ClientHello. */
const halfHello = Buffer.from('160301010001', 'hex');

describe('over TLS', () => {
  test.each([
    ['HTTP', 'nothing', () => https, Buffer.alloc(0)],
    ['HTTP', 'half of a handshake', () => https, halfHello],
    ['gRPC', 'nothing', () => grpcs, Buffer.alloc(0)],
    ['gRPC', 'half of a handshake', () => grpcs, halfHello],
  ])('%s: a connection is closed that sends %s', async (_, __, port, bytes) => {
    const socket = await opened(port());
    socket.write(bytes);
    await untilClosed(socket);
  });

  test.each([
    ['HTTP/1.1', 'nothing', () => https, 'http/1.1', ''],
    ['HTTP/1.1', 'headers without an end', () => https, 'http/1.1', `${head}x-slow: `],
    ['HTTP/2', 'nothing', () => https, 'h2', ''],
    ['HTTP/2', 'half of a preface', () => https, 'h2', halfPreface],
    ['gRPC', 'nothing', () => grpcs, 'h2', ''],
    ['gRPC', 'half of a preface', () => grpcs, 'h2', halfPreface],
  ])('%s: after the handshake, a connection is closed that sends %s', async (_, __, port, protocol, bytes) => {
    const socket = connectTls({
      port: port(),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: [protocol],
    });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write(bytes);
    expect(await untilClosed(socket)).not.toContain('200 OK');
  });
});

describe('over gRPC', () => {
  test.each([
    ['nothing', ''],
    ['half of a preface', halfPreface],
    ['a preface without settings', `${halfPreface}\r\nSM\r\n\r\n`],
  ])('a connection that sends %s is closed', async (_, bytes) => {
    const socket = await opened(grpc);
    socket.write(bytes);
    await untilClosed(socket);
  });

  test('a call whose message does not arrive ends with DEADLINE_EXCEEDED', async () => {
    const session = connectHttp2(`http://127.0.0.1:${grpc}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.write(Buffer.from([0, 0, 0, 1, 0, 1]));
    stream.resume();
    const status = new Promise((resolve) => {
      stream.on('response', (headers) => headers['grpc-status'] !== undefined && resolve(headers['grpc-status']));
      stream.on('trailers', (headers) => resolve(headers['grpc-status']));
    });
    expect(await status).toBe('4');
    session.destroy();
  });
});

test('other clients are served', async () => {
  const gauge = { dataPoints: [{ asInt: 1, timeUnixNano: 1_700_000_000_000_000_000n }] };
  const body = encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge }] }] }] });
  expect((await postMetrics(http, body)).status).toBe(200);
});

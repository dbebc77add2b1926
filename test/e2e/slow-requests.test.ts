import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

/* Clients that begin a request and do not finish it. The limits are short; nothing here depends on when exactly they apply. */

let pitot: RunningPitot;
let http: number;
let grpc: number;

beforeAll(async () => {
  [http, grpc] = (await freePorts(2)) as [number, number];
  const config = {
    receivers: {
      otlp: {
        protocols: { http: { endpoint: `127.0.0.1:${http}` }, grpc: { endpoint: `127.0.0.1:${grpc}` } },
        limits: { header_timeout: '1s', body_timeout: '1s' },
      },
    },
    exporters: { debug: {} },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  };
  pitot = startPitot([`--config=${configFile(config)}`]);
  await untilListening(pitot, [http, grpc]);
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

describe('over gRPC', () => {
  test('a connection that sends nothing is closed', async () => {
    const socket = await opened(grpc);
    expect(await untilClosed(socket)).toBe('');
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

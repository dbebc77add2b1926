import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { PermanentError } from '#component/errors.ts';
import type { RejectedRequests } from '#component/views/rejection.ts';
import { parseConfig } from '#config/schema.ts';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask, type Question } from '../../../test/support/http.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { otlpConfig } from './config.ts';
import { OtlpReceiver } from './otlp-receiver.ts';

const running: OtlpReceiver[] = [];
afterEach(() => Promise.all(running.splice(0).map((receiver) => receiver.shutdown(AbortSignal.abort()))));

/** Starts a receiver of metrics on an HTTP port and a gRPC port, with its records of rejected clients. */
async function receiver(http: object = {}, host = {}) {
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const parsed = parseConfig(otlpConfig, {
    protocols: { http: { endpoint: `127.0.0.1:${httpPort}`, ...http }, grpc: { endpoint: `127.0.0.1:${grpcPort}` } },
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const refuse = () => Promise.reject(new PermanentError('no'));
  const started = new OtlpReceiver(parsed.value, testSettings('otlp'), { metrics: { consume: refuse } });
  running.push(started);
  await started.start({ extension: () => undefined, fatal: () => {}, ...host });
  /** Returns the rejections when there are `count` of them. */
  const rejected = async (count = 1): Promise<readonly RejectedRequests[]> => {
    while (started.views().rejected().length < count) await new Promise((done) => setTimeout(done, 5));
    return started.views().rejected();
  };
  return { httpPort, grpcPort, rejected };
}

/** Sends bytes and waits until the other end closes. */
async function send(port: number, bytes: string | Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.end(bytes);
  socket.resume();
  await once(socket, 'close');
}

const post = (question: Question & { contentType?: string; encoding?: string } = {}): Question => ({
  method: 'POST',
  path: '/v1/metrics',
  ...question,
  headers: {
    'content-type': question.contentType ?? 'application/x-protobuf',
    ...(question.encoding && { 'content-encoding': question.encoding }),
  },
});

test.each<[string, Question, number]>([
  ['path', post({ path: '/v1/metrics/v1/metrics' }), 404],
  ['method', { path: '/v1/metrics' }, 405],
  ['media_type', post({ contentType: 'text/plain' }), 415],
  ['encoding', post({ encoding: 'br' }), 400],
  ['body', post({ encoding: 'gzip', body: Buffer.from('no gzip') }), 400],
  ['size', post({ encoding: 'gzip', body: gzipSync(Buffer.alloc(2_000)) }), 400],
  ['decode', post({ body: Buffer.from([0xff]) }), 400],
])('%s', async (reason, question, status) => {
  const { httpPort, rejected } = await receiver({ max_request_body_size: 1_000 });
  expect((await ask(httpPort, question)).status).toBe(status);
  expect(await rejected()).toMatchObject([
    { reason, transport: 'http', address: '127.0.0.1', port: httpPort, count: 1, path: question.path },
  ]);
});

test.each<[string, string, string | Buffer]>([
  ['tls', 'TLS handshake', Buffer.from('16030100050100000100', 'hex')],
  ['http2_preface', 'HTTP/2, for example gRPC', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['not_http', 'StatsD text', 'airflow.ti_successes:1|c\n'],
])('%s on the HTTP port', async (reason, detail, bytes) => {
  const { httpPort, rejected } = await receiver();
  await send(httpPort, bytes);
  expect(await rejected()).toMatchObject([{ reason, detail, transport: 'http', address: '127.0.0.1', port: httpPort }]);
});

test.each<[string, string, string | Buffer]>([
  ['tls', 'TLS handshake', Buffer.from('16030100050100000100', 'hex')],
  ['plain_http', 'HTTP/1.1', 'POST /v1/metrics HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['not_http', 'StatsD text', 'airflow.ti_successes:1|c\n'],
])('%s on the gRPC port', async (reason, detail, bytes) => {
  const { grpcPort, rejected } = await receiver();
  await send(grpcPort, bytes);
  expect(await rejected()).toMatchObject([{ reason, detail, transport: 'grpc', address: '127.0.0.1', port: grpcPort }]);
});

test('HTTP without TLS on a port with TLS, and a handshake that fails', async () => {
  const certificate = makeCertificate('localhost');
  const tls = { cert_pem: certificate.cert, key_pem: certificate.key };
  const { httpPort, rejected } = await receiver({ tls });
  const socket = connect(httpPort, '127.0.0.1');
  socket.write('POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
  expect(await text(socket)).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  expect(await rejected()).toMatchObject([{ reason: 'plain_http', detail: 'HTTP/1.1', port: httpPort }]);
  const client = connectTls({ port: httpPort, host: '127.0.0.1', ca: makeCertificate('other').cert });
  await once(client, 'error');
  expect(await rejected(2)).toMatchObject([
    { reason: 'tls', address: '127.0.0.1', port: httpPort },
    { reason: 'plain_http' },
  ]);
});

test('a client that the authenticator refuses', async () => {
  const authenticate = () => Promise.reject(new Error('missing or empty authorization header'));
  const host = { extension: () => ({ authenticate, start: async () => {}, shutdown: async () => {} }) };
  const { httpPort, rejected } = await receiver({ auth: { authenticator: 'basicauth' } }, host);
  expect((await ask(httpPort, post())).status).toBe(401);
  expect(await rejected()).toMatchObject([{ reason: 'auth', detail: 'missing or empty authorization header' }]);
});

test('what the pipeline refuses is not among them', async () => {
  const { httpPort, rejected } = await receiver();
  const json =
    '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":1}]}}]}]}]}';
  const { status } = await ask(httpPort, post({ contentType: 'application/json', body: Buffer.from(json) }));
  expect(status).toBe(500);
  expect(await rejected(0)).toEqual([]);
});

test('a probe that only connects to a port with TLS is not a rejected client', async () => {
  const certificate = makeCertificate('localhost');
  const { httpPort, rejected } = await receiver({ tls: { cert_pem: certificate.cert, key_pem: certificate.key } });
  await send(httpPort, '');
  await send(httpPort, 'GET / HTTP/1.1\r\n\r\n');
  expect(await rejected()).toMatchObject([{ reason: 'plain_http' }]);
});

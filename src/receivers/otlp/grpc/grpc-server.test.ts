import { connect, type SecureClientSessionOptions } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import zlib from 'node:zlib';
import { compress } from 'snappyjs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Component } from '#component/component.ts';
import type { ClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { signalItems } from '#component/signals.ts';
import { crc32c } from '#compression/crc32c.ts';
import { snappyStreamIdentifier } from '#compression/snappy-framed.ts';
import { parseConfig } from '#config/schema.ts';
import { InFlightBudget } from '#flow/in-flight.ts';
import { grpcServerConfigAt } from '#grpc-server/config.ts';
import { GrpcListener } from '#grpc-server/grpc-listener.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { makeCertificate } from '../../../../test/support/certificates.ts';
import { testSettings } from '../../../../test/support/component-settings.ts';
import { InFlightGate } from '../in-flight-gate.ts';
import { RequestTap } from '../request-tap.ts';
import { exportMethods } from './export-methods.ts';

const running: GrpcListener[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((listener) => listener.close(AbortSignal.timeout(1000))));
});

const metricsExport = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const tracesExport = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

interface Options {
  readonly consume?: (text: string, context: ClientContext) => Promise<void> | undefined;
  readonly extensions?: Record<string, Component>;
  readonly inFlightLimit?: number;
}

/** A listener whose metrics are plain text: `bad` is malformed. */
async function listening(
  raw: object = {},
  { consume = () => undefined, extensions = {}, inFlightLimit = 1e9 }: Options = {},
) {
  const parsed = parseConfig(grpcServerConfigAt('localhost:4317'), { endpoint: '127.0.0.1:0', ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('otlp');
  const handling = {
    *decode(body: Buffer) {
      yield;
      if (String(body) === 'bad') throw new DecodeError('unexpected EOF');
      return String(body);
    },
    items: { ...signalItems.metrics, count: () => 1 },
    next: { consume },
  };
  const host = { extension: (id: string) => extensions[id], fatal: () => {} };
  const budget = new InFlightBudget();
  const rejected = new RejectionLog(settings);
  const config = parsed.value;
  const gate = new InFlightGate({ limit: inFlightLimit, settings, host, budget });
  const handlings = { metrics: handling as never };
  const methods = exportMethods({ config, settings, handlings, rejected, gate, tap: new RequestTap() });
  const listener = new GrpcListener({ config, settings, methods, rejected, host });
  running.push(listener);
  const port = Number((await listener.listen()).split(':').at(-1));
  return { port, settings, listener, budget, rejected };
}

interface Call {
  readonly path?: string;
  readonly message: Buffer | string;
  readonly encoding?: string;
  readonly headers?: Record<string, string>;
  readonly tls?: SecureClientSessionOptions;
}

/** Result of a call: code, message, response. Uses HTTP/2 directly, so that any encoding can be sent. */
function call(port: number, { path = metricsExport, message, encoding, headers = {}, tls }: Call) {
  return new Promise<{ code: number; words: string; details: Buffer; response: Buffer }>((resolve, reject) => {
    const session = connect(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`, tls);
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(encoding && { 'grpc-encoding': encoding }),
      ...headers,
    });
    const chunks: Buffer[] = [];
    let trailers: Record<string, unknown> = {};
    stream.on('response', (start) => {
      trailers = { ...trailers, ...start };
    });
    stream.on('trailers', (end) => {
      trailers = { ...trailers, ...end };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => {
      session.close();
      resolve({
        code: Number(trailers['grpc-status']),
        words: decodeURIComponent(String(trailers['grpc-message'] ?? '')),
        details: Buffer.from(String(trailers['grpc-status-details-bin'] ?? ''), 'base64'),
        response: Buffer.concat(chunks).subarray(5),
      });
    });
    const body = Buffer.from(message);
    const frame = Buffer.alloc(5 + body.length);
    frame[0] = encoding ? 1 : 0;
    frame.writeUInt32BE(body.length, 1);
    body.copy(frame, 5);
    stream.end(frame);
  });
}

test('an accepted request is answered with an empty partial success and counted', async () => {
  const { port, settings } = await listening();
  const { code, response } = await call(port, { message: 'x' });
  expect([code, response.toString('hex')]).toStrictEqual([0, '0a00']);
  const labels = { receiver: 'otlp', transport: 'grpc' };
  expect(settings.measured('otelcol_receiver_accepted_metric_points', labels)).toBe(1);
});

describe('codes', () => {
  test.each([
    [new PermanentError('no'), 13],
    [new PermanentError('no', { code: 3 }), 3],
    [new RetryableError('no'), 14],
    [new RetryableError('no', { code: 8 }), 8],
    [new Error('no'), 13],
  ])('%s is %i', async (error, expected) => {
    const { port } = await listening({}, { consume: () => Promise.reject(error) });
    const { code, words, details } = await call(port, { message: 'x' });
    expect([code, words, details.length]).toStrictEqual([expected, expect.stringMatching(/(^|: )no$/), 0]);
  });

  test('reports a delay as RetryInfo', async () => {
    const error = new RetryableError('later', { retryAfterSeconds: 300 });
    const { port } = await listening({}, { consume: () => Promise.reject(error) });
    const { details } = await call(port, { message: 'x' });
    const retryInfo =
      '0a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f12050a0308ac02';
    expect(details.toString('hex')).toBe(`080e12056c617465721a31${retryInfo}`);
  });

  test('a malformed message is INTERNAL, same as in the Collector', async () => {
    const { port, settings } = await listening();
    expect(await call(port, { message: 'bad' })).toMatchObject({
      code: 13,
      words: 'grpc: failed to unmarshal the received message: unexpected EOF',
    });
    const labels = { receiver: 'otlp', transport: 'grpc', reason: 'decode' };
    expect(settings.measured('pitot_receiver_rejected_requests_total', labels)).toBe(1);
  });

  test('a signal without a pipeline is an unknown service', async () => {
    const { port } = await listening();
    expect(await call(port, { path: tracesExport, message: 'x' })).toMatchObject({
      code: 12,
      words: 'unknown service opentelemetry.proto.collector.trace.v1.TraceService',
    });
    expect(await call(port, { path: '/a/b', message: 'x' })).toMatchObject({ code: 12, words: 'unknown service a' });
    expect(await call(port, { path: `${metricsExport}2`, message: 'x' })).toMatchObject({
      code: 12,
      words: 'unknown method Export2 for service opentelemetry.proto.collector.metrics.v1.MetricsService',
    });
  });
});

describe('messages', () => {
  const mib = 1024 * 1024;
  const framed = (text: Buffer) => {
    const content = Buffer.from(compress(text));
    const sum = crc32c(text);
    const chunk = Buffer.alloc(8 + content.length);
    chunk.writeUIntLE(4 + content.length, 1, 3);
    chunk.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282_ead8) >>> 0, 4);
    content.copy(chunk, 8);
    return Buffer.concat([snappyStreamIdentifier, chunk]);
  };
  const encoders: readonly (readonly [string, (text: Buffer) => Buffer])[] = [
    ['gzip', (text) => zlib.gzipSync(text)],
    ['deflate', (text) => zlib.deflateSync(text)],
    ['zstd', (text) => zlib.zstdCompressSync(text)],
    ['snappy', framed],
  ];

  test.each(encoders)('%s is decoded', async (encoding, encode) => {
    const texts: string[] = [];
    const { port } = await listening({}, { consume: (text) => void texts.push(text) });
    expect(await call(port, { message: encode(Buffer.from('some text')), encoding })).toMatchObject({ code: 0 });
    expect(texts).toStrictEqual(['some text']);
    expect(await call(port, { message: 'garbage', encoding })).toMatchObject({ code: 13 });
  });

  test.each(encoders.slice(0, 3))('%s: a bomb stops at the limit', async (encoding, encode) => {
    const { port } = await listening();
    expect(await call(port, { message: encode(Buffer.alloc(50 * mib)), encoding })).toMatchObject({
      code: 8,
      words: `grpc: received message after decompression larger than max ${4 * mib}`,
    });
  });

  test('another encoding is unimplemented', async () => {
    const { port } = await listening();
    expect(await call(port, { message: 'x', encoding: 'br' })).toMatchObject({
      code: 12,
      words: 'grpc: Decompressor is not installed for grpc-encoding "br"',
    });
  });

  test('a compressed message without an encoding is refused', async () => {
    const { port } = await listening();
    expect(await call(port, { message: 'x', encoding: 'identity' })).toMatchObject({
      code: 13,
      words: 'grpc: compressed flag set with identity or empty encoding',
    });
  });

  test('a message over the limit is exhausted, one of the limit is fine', async () => {
    const { port } = await listening({ max_recv_msg_size_mib: 1 });
    expect(await call(port, { message: Buffer.alloc(mib) })).toMatchObject({ code: 0 });
    expect(await call(port, { message: Buffer.alloc(mib + 1) })).toMatchObject({ code: 8 });
  });
});

describe('authentication', () => {
  test('an authenticator decides', async () => {
    const door = {
      start: async () => {},
      shutdown: async () => {},
      authenticate: async (headers: ReadonlyMap<string, readonly string[]>) => {
        if (headers.get('authorization')?.[0] !== 'letmein') throw new Error('go away');
        return new Map([['username', 'me']]);
      },
    };
    const contexts: ClientContext[] = [];
    const { port } = await listening(
      { auth: { authenticator: 'door' }, include_metadata: true },
      { extensions: { door }, consume: (_text, context) => void contexts.push(context) },
    );
    expect(await call(port, { message: 'x' })).toMatchObject({ code: 16, words: 'go away' });
    const headers = { authorization: 'letmein', 'x-tenant': 'a' };
    expect(await call(port, { message: 'x', headers })).toMatchObject({ code: 0 });
    expect(contexts).toMatchObject([{ address: '127.0.0.1', auth: new Map([['username', 'me']]) }]);
    expect(contexts[0]?.metadata.get('x-tenant')).toStrictEqual(['a']);
  });

  test('TLS, with certificates of clients', async () => {
    const authority = makeCertificate('authority');
    const [server, client] = [makeCertificate('server', authority), makeCertificate('client', authority)];
    const { port } = await listening({ tls: { cert_pem: server.cert, key_pem: server.key } });
    const tls = { ca: authority.cert, cert: client.cert, key: client.key };
    expect(await call(port, { message: 'x', tls })).toMatchObject({ code: 0 });
  });
});

describe('closing', () => {
  test('a running call ends first, then nothing listens', async () => {
    let finish = () => {};
    let reached = () => {};
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const consume = () => {
      reached();
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    };
    const { port, listener } = await listening({}, { consume });
    const answer = call(port, { message: 'x' });
    await isReached;
    const closed = listener.close(AbortSignal.timeout(5000));
    finish();
    expect(await answer).toMatchObject({ code: 0 });
    await closed;
    await expect(call(port, { message: 'x' })).rejects.toThrow(/ECONNREFUSED/);
  });

  test('the deadline cuts calls that do not end', async () => {
    let reached = () => {};
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const consume = () => {
      reached();
      return new Promise<void>(() => {});
    };
    const { port, listener } = await listening({}, { consume });
    const answer = call(port, { message: 'x' }).catch((error: Error) => error);
    await isReached;
    await listener.close(AbortSignal.timeout(50));
    await answer;
  });
});

test('a connection above max_connections replaces the one that has been idle longest', async () => {
  const { port, settings } = await listening({ max_connections: 2 });
  const open = async () => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    return session;
  };
  const [silent, other] = [await open(), await open()];
  expect(await call(port, { message: 'x' })).toMatchObject({ code: 0 });
  await expect.poll(() => silent.destroyed).toBe(true);
  expect(other.destroyed).toBe(false);
  expect(settings.measured('pitot_grpc_connections_evicted_total', { receiver: 'otlp' })).toBe(1);
  other.destroy();
});

test('a busy port is named', async () => {
  const { port } = await listening();
  await expect(listening({ endpoint: `127.0.0.1:${port}` })).rejects.toThrow(
    `listen tcp 127.0.0.1:${port}: bind: address already in use`,
  );
});

test('HTTP without TLS on a port with TLS is answered', async () => {
  const { cert, key } = makeCertificate('server');
  const { port } = await listening({ tls: { cert_pem: cert, key_pem: key } });
  const socket = connectTcp(port, '127.0.0.1');
  socket.write('POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  expect(await text(socket)).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
});

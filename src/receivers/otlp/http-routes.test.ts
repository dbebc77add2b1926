import { once } from 'node:events';
import { connect } from 'node:net';
import zlib from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { signalItems } from '#component/signals.ts';
import { parseConfig } from '#config/schema.ts';
import { InFlightBudget, requestOverhead } from '#flow/in-flight.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import type { OnOverLimit } from '#pdata/item-limits.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask } from '../../../test/support/http.ts';
import { otlpHttpConfig } from './config.ts';
import { answerRefusal } from './export-response.ts';
import { addExportRoutes } from './http-routes.ts';
import { InFlightGate } from './in-flight-gate.ts';
import { RequestTap } from './request-tap.ts';
import { SignalIntake } from './signal-intake.ts';

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(AbortSignal.timeout(1000))));
});

/** A receiver whose signal is plain text: `empty` has no items, `bad` is malformed, the pipeline is `consume`. */
async function receiver(
  raw: object = {},
  consume: (text: string, context: ClientContext) => Promise<void> | undefined = () => undefined,
  inFlightLimit = 1e9,
) {
  const parsed = parseConfig(otlpHttpConfig, { endpoint: '127.0.0.1:0', ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const config = parsed.value;
  const settings = testSettings('otlp');
  let problem: Error | undefined;
  const host = {
    extension: () => undefined,
    fatal: () => {},
    reportStatus: (_id: string, error: Error | undefined) => {
      problem = error;
    },
  };
  const log = new RejectionLog(settings);
  const server = openHttpServer({
    config,
    host,
    name: 'otlp',
    ...settings,
    rejected: log,
    reasonOfUnknownPath: () => 'path',
    refuse: (request, response, refusal) => answerRefusal(response, request.headers['content-type'], refusal),
  });
  running.push(server);
  const handling = {
    *decode(body: Buffer, onOverLimit: OnOverLimit) {
      yield;
      if (String(body) === 'bad') throw new DecodeError('unexpected EOF');
      if (String(body) === 'broken') throw new RangeError('a bug in pitot');
      if (String(body) === 'long') onOverLimit('text_too_long', 3, 'm');
      return String(body);
    },
    jsonToProtobuf: (body: Buffer) => body,
    largeJsonToProtobuf: (body: Buffer) => Promise.resolve(body),
    items: { ...signalItems.metrics, count: (text: string) => (text === 'empty' ? 0 : 1) },
    next: { consume },
  };
  const intake = new SignalIntake<unknown>(handling as never, settings, 'http');
  const pending = new InFlightBudget();
  const gate = new InFlightGate({ limit: inFlightLimit, settings, host, budget: pending });
  addExportRoutes(server, {
    config,
    gate,
    tap: new RequestTap(),
    routes: [{ path: config.metricsUrlPath, intake }],
    rejected: log,
    logger: settings.logger,
  });
  const port = Number((await server.listen()).split(':').at(-1));
  const post = (body: Buffer | string, headers: Record<string, string> = {}, path = '/v1/metrics') =>
    ask(port, {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-protobuf', ...headers },
      body: Buffer.from(body),
    });
  const rejected = (reason: string) =>
    settings.measured('pitot_receiver_rejected_requests_total', { receiver: 'otlp', transport: 'http', reason });
  return { port, post, settings, rejected, log, pending, server, status: () => problem?.message };
}

const json = { 'content-type': 'application/json' };
const labels = { receiver: 'otlp', transport: 'http' };

describe('responses to failures', () => {
  test.each([
    [new PermanentError('no'), 500, '{"code":13, "message":"no"}', undefined],
    [new PermanentError('no', { code: 3 }), 400, '{"code":3, "message":"no"}', undefined],
    [new PermanentError('no', { code: 7 }), 403, '{"code":7, "message":"no"}', undefined],
    [new PermanentError('no', { code: 12 }), 404, '{"code":12, "message":"no"}', undefined],
    [new PermanentError('no', { code: 16 }), 401, '{"code":16, "message":"no"}', undefined],
    [new RetryableError('later'), 503, '{"code":14, "message":"later"}', undefined],
    [new RetryableError('later', { retryAfterSeconds: 1.9 }), 503, '{"code":14, "message":"later"}', '1'],
    [new RetryableError('later', { code: 8, retryAfterSeconds: 3 }), 429, '{"code":8, "message":"later"}', '3'],
    [new Error('what?'), 500, '{"code":13, "message":"internal error: what?"}', undefined],
  ])('%s is %i', async (error, status, body, retryAfter) => {
    for (const consume of [() => Promise.reject(error), thrower(error)]) {
      const { post, settings } = await receiver({}, consume);
      const answer = await post('x', json);
      expect([answer.status, String(answer.body), answer.headers['retry-after']]).toStrictEqual([
        status,
        body,
        retryAfter,
      ]);
      expect(settings.measured('otelcol_receiver_refused_metric_points', labels)).toBe(1);
      expect(settings.measured('otelcol_receiver_accepted_metric_points', labels)).toBe(0);
    }
  });

  test('accepts a request, immediately or later', async () => {
    for (const consume of [() => undefined, () => Promise.resolve()]) {
      const { post, settings } = await receiver({}, consume);
      const protobuf = await post('x');
      expect([protobuf.status, protobuf.body.toString('hex')]).toStrictEqual([200, '0a00']);
      expect(String((await post('x', json)).body)).toBe('{"partialSuccess":{}}');
      expect(settings.measured('otelcol_receiver_accepted_metric_points', labels)).toBe(2);
      expect(settings.measured('otelcol_receiver_failed_metric_points', labels)).toBe(0);
    }
  });

  test('a request without items is accepted, not counted, and enters no pipeline', async () => {
    const { post, settings } = await receiver({}, thrower(new Error('entered')));
    expect((await post('empty')).status).toBe(200);
    expect(settings.measured('otelcol_receiver_accepted_metric_points', labels)).toBeUndefined();
  });

  test('a malformed request is 400 in the format of the request', async () => {
    const { post, rejected } = await receiver();
    const answer = await post('bad');
    expect([answer.status, answer.body.toString('latin1')]).toStrictEqual([400, '\x08\x03\x12\x0eunexpected EOF']);
    expect(String((await post('bad', json)).body)).toBe('{"code":3, "message":"unexpected EOF"}');
    expect(rejected('decode')).toBe(2);
  });
});

function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

describe('content types', () => {
  test.each([
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON ; a="b;c\\"" ; d=e;', 200],
    ['application/x-protobuf;', 200],
    ['application/json; charset', 415],
    ['application/json; a=b; A=c', 415],
    ['application/json; a="b', 415],
    ['application/json,application/json', 415],
    [';;;', 415],
    ['text/plain', 415],
  ])('%s is %i', async (type, status) => {
    const { post } = await receiver();
    expect((await post('x', { 'content-type': type })).status).toBe(status);
  });

  test('the encoding identity is no encoding', async () => {
    const { post } = await receiver();
    const identity = { 'content-type': 'application/x-protobuf', 'content-encoding': 'identity' };
    expect((await post('', identity)).status).toBe(200);
    expect((await post('', { ...identity, 'content-encoding': 'Identity' })).status).toBe(400);
  });

  test('the format of a refusal before that is JSON when the type is neither', async () => {
    const { port } = await receiver();
    const refused = (headers: Record<string, string>) =>
      ask(port, { method: 'POST', path: '/nope', headers: { 'content-encoding': 'br', ...headers } });
    const words = 'unsupported Content-Encoding: br';
    const other = await refused({ 'content-type': 'text/plain' });
    expect([other.status, String(other.body)]).toStrictEqual([400, `{"code":3, "message":"${words}"}`]);
    expect(String((await refused({})).body)).toBe(`{"code":3, "message":"${words}"}`);
    const protobuf = await refused({ 'content-type': 'application/x-protobuf' });
    expect([protobuf.status, protobuf.body.toString('latin1')]).toStrictEqual([400, `\x08\x03\x12\x20${words}`]);
  });
});

describe('bodies', () => {
  test('the limit applies to the sent and to the decoded size', async () => {
    const { post, rejected } = await receiver({ max_request_body_size: 1000 });
    expect((await post('x'.repeat(1000))).status).toBe(200);
    const answers = [
      await post('x'.repeat(1001), json),
      await post(zlib.gzipSync('x'.repeat(1001)), { ...json, 'content-encoding': 'gzip' }),
    ];
    for (const { status, body } of answers) {
      expect([status, String(body)]).toStrictEqual([400, '{"code":3, "message":"http: request body too large"}']);
    }
    expect((await post(zlib.gzipSync('x'.repeat(1000)), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(rejected('size')).toBe(2);
  });

  test('large compressed bodies are decoded too', async () => {
    const texts: string[] = [];
    const { post } = await receiver({}, (text) => void texts.push(text));
    const text = Array.from({ length: 100_000 }, (_, index) => Math.sin(index)).join();
    expect((await post(zlib.gzipSync(text), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(texts[0] === text).toBe(true);
    expect((await post(Buffer.alloc(40_000), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test('a body in many pieces arrives whole, one that breaks off arrives nowhere', async () => {
    const texts: string[] = [];
    const { port, pending } = await receiver({}, (text) => void texts.push(text));
    const head = 'POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    const chunked = connect(port, '127.0.0.1');
    chunked.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    for (const piece of ['3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n\r\n']) {
      await new Promise<void>((resolve) => chunked.write(piece, () => resolve()));
    }
    expect(String(await once(chunked, 'data'))).toMatch(/^HTTP\/1.1 200 OK/);
    chunked.destroy();
    const broken = connect(port, '127.0.0.1');
    broken.write(`${head}Content-Length: 100\r\n\r\nabc`);
    await expect.poll(() => pending.bytes).toBe(requestOverhead + 3);
    broken.destroy();
    await expect.poll(() => pending.bytes).toBe(0);
    expect(texts).toStrictEqual(['abcde']);
  });

  test('evicts the oldest incomplete request for others', async () => {
    const { port, post, pending, rejected, status } = await receiver({}, undefined, 2 * requestOverhead + 10);
    const slow = connect(port, '127.0.0.1');
    slow.write(
      'POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nabcdef',
    );
    await expect.poll(() => pending.bytes).toBe(requestOverhead + 6);
    expect((await post('1234', json)).status).toBe(200);
    const answer = once(slow, 'data');
    expect((await post('12345', json)).status).toBe(200);
    expect(String(await answer)).toMatch(
      /^HTTP\/1.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*too many bytes of requests are in flight/,
    );
    expect(rejected('pending')).toBe(1);
    expect(status()).toBe('too many bytes of requests are in flight');
    slow.destroy();
    await expect.poll(() => pending.bytes).toBe(0);
  });

  test('what is complete is not evicted: then the newcomer is refused', async () => {
    let finish = () => {};
    const consume = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const { post, pending, rejected } = await receiver({}, consume, 2 * requestOverhead + 10);
    const first = post('123456', json);
    await expect.poll(() => pending.bytes).toBeGreaterThan(requestOverhead + 6);
    const refused = await post('12345', json);
    expect([refused.status, String(refused.body), refused.headers['retry-after']]).toStrictEqual([
      503,
      '{"code":14, "message":"too many bytes of requests are in flight"}',
      '1',
    ]);
    finish();
    expect((await first).status).toBe(200);
    await expect.poll(() => pending.bytes).toBe(0);
    expect(rejected('pending')).toBe(1);
  });

  test('items over a limit are reported as partial success, logged once, and counted', async () => {
    const { post, settings } = await receiver();
    expect(JSON.parse(String((await post('long', json)).body))).toStrictEqual({
      partialSuccess: {
        rejectedDataPoints: '3',
        errorMessage: 'metric points exceed a limit: 3 text_too_long (otlp::limits::text_bytes)',
      },
    });
    const { body } = await post('long');
    expect(body.subarray(0, 4).toString('hex')).toMatch(/^0a..0803$/);
    const dropped = { ...labels, reason: 'text_too_long' };
    expect(settings.measured('pitot_receiver_dropped_metric_points_total', dropped)).toBe(6);
  });

  test('an internal error returns 500 and is counted, and never requests a retry', async () => {
    const { post, settings } = await receiver();
    const answer = await post('broken', json);
    expect([answer.status, String(answer.body), answer.headers['retry-after']]).toStrictEqual([
      500,
      '{"code":13, "message":"internal error: a bug in pitot"}',
      undefined,
    ]);
    expect(settings.measured('pitot_receiver_internal_errors_total', labels)).toBe(1);
  });
});

describe('paths', () => {
  test.each([
    ['/in', '/in', 200],
    ['/in', '/v1/metrics', 404],
    ['in', '/in', 200],
    ['http://host/p?q=1#f', '/p', 200],
    ['/x/', '/x/yy', 200],
    ['/x/', '/x/', 200],
    ['/x/', '/x', 307],
    ['/{tenant}/metrics', '/a/metrics', 200],
    ['/{tenant}/metrics', '/a/b/metrics', 404],
    ['/{rest...}', '/a/b', 200],
    ['/a:b', '/a:b', 200],
    ['/a%41', '/aA', 200],
  ])('metrics_url_path %s: %s is %i', async (configured, asked, status) => {
    const { post } = await receiver({ metrics_url_path: configured });
    expect((await post('x', {}, asked)).status).toBe(status);
  });

  test.each([
    ['', 'it is empty'],
    ['/a b', 'has a blank'],
    ['/%zz', 'parse "/%zz": invalid URL escape "%zz"'],
  ])('metrics_url_path %j is a mistake', (configured, words) => {
    const parsed = parseConfig(otlpHttpConfig, { metrics_url_path: configured });
    expect(parsed.ok ? '' : parsed.failure.message).toContain('invalid HTTP URL path set for signal: ');
    expect(parsed.ok ? '' : parsed.failure.message).toContain(words);
  });
});

test('include_metadata hands on headers and address', async () => {
  const contexts: ClientContext[] = [];
  const { post } = await receiver({ include_metadata: true }, (_text, context) => void contexts.push(context));
  await post('x', { 'X-Tenant': 'a' });
  expect(contexts[0]?.metadata.get('x-tenant')).toStrictEqual(['a']);
  expect(contexts[0]?.address).toBe('127.0.0.1');
});

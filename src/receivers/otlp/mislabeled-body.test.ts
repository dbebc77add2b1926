import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask } from '../../../test/support/http.ts';
import { readPackedRequests } from '../../../test/support/packed-recording.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { otlpConfig } from './config.ts';
import { decodeLabeledJson, isRequestHead } from './mislabeled-body.ts';
import { OtlpReceiver } from './otlp-receiver.ts';

const running: OtlpReceiver[] = [];
afterEach(() => Promise.all(running.splice(0).map((receiver) => receiver.shutdown(AbortSignal.abort()))));

async function receiver() {
  const [port] = (await freePorts(1)) as [number];
  const parsed = parseConfig(otlpConfig, { protocols: { http: { endpoint: `127.0.0.1:${port}` } } });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('otlp');
  const started = new OtlpReceiver(parsed.value, settings, { metrics: { consume: () => undefined } });
  running.push(started);
  await started.start({ extension: () => undefined, fatal: () => {} });
  const post = (body: Buffer, contentType = 'application/json') =>
    ask(port, { method: 'POST', path: '/v1/metrics', headers: { 'content-type': contentType }, body });
  const rejected = (reason: string) =>
    settings.measured('pitot_receiver_rejected_requests_total', { receiver: 'otlp', transport: 'http', reason });
  const accepted = () =>
    settings.measured('otelcol_receiver_accepted_metric_points', { receiver: 'otlp', transport: 'http' });
  const logged = (text: string) => settings.logged.filter((line) => line.includes(text));
  return { port, post, rejected, accepted, logged };
}

describe('protobuf labeled application/json', () => {
  test('is accepted as real Airflow 2.11 sends it, and logged once', async () => {
    const { post, accepted, rejected, logged } = await receiver();
    const requests = readPackedRequests('airflow-2.11').slice(0, 200);
    expect(new Set(requests.map(({ headers }) => headers['content-type']))).toEqual(new Set(['application/json']));
    const statuses = [];
    for (const { body } of requests) statuses.push((await post(body)).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(accepted()).toBeGreaterThan(requests.length);
    expect(rejected('decode')).toBeUndefined();
    expect(logged('contain protobuf')).toEqual([
      expect.stringMatching(
        /^info Requests labeled application\/json contain protobuf; accepting them .*"client":"127/,
      ),
    ]);
  });

  test('JSON is decoded as JSON, also with leading white space', async () => {
    const { post, logged } = await receiver();
    for (const text of ['{}', '\n{}', '\n \t\r\n{"resourceMetrics":[]}']) {
      const answer = await post(Buffer.from(text));
      expect([answer.status, String(answer.body)]).toEqual([200, '{"partialSuccess":{}}']);
    }
    expect(logged('contain protobuf')).toEqual([]);
  });

  test('text that is neither is refused in the words for JSON', async () => {
    const { post, rejected } = await receiver();
    for (const text of ['\n', '\n{', '\n\x05abc', '\n{"resourceMetrics":5}']) {
      const { status, body } = await post(Buffer.from(text, 'latin1'));
      expect([status, String(body)]).toEqual([400, expect.stringMatching(/^\{"code":3, "message":"/)]);
    }
    expect(rejected('decode')).toBe(4);
  });

  test('a length byte that equals a brace does not make it JSON', () => {
    const decode = (format: string) => {
      if (format === 'json') throw new DecodeError('not JSON');
      return format;
    };
    const body = Buffer.concat([Buffer.from('\n{'), Buffer.alloc(0x7b)]);
    expect(decodeLabeledJson(body, decode)).toEqual({ result: 'protobuf', isProtobuf: true });
    expect(() => decodeLabeledJson(Buffer.from('{'), decode)).toThrow('not JSON');
  });

  test('an error of the pipeline is not treated as a decode error', () => {
    const calls: string[] = [];
    const refuse = (format: string) => {
      calls.push(format);
      throw new Error('later');
    };
    expect(() => decodeLabeledJson(Buffer.from([0x0a, 0x00]), refuse)).toThrow('later');
    expect(calls).toEqual(['protobuf']);
  });
});

describe('a connection that two processes share after a fork', () => {
  const heads = readPackedRequests('airflow-3.3-live').filter(({ body }) => isRequestHead(body));

  test('the live recording contains five such bodies', () => {
    expect(heads).toHaveLength(5);
  });

  test('answers 400, counts each, and logs once', async () => {
    const { post, rejected, logged } = await receiver();
    for (const { body } of heads) {
      const { status } = await post(body, 'application/x-protobuf');
      expect(status).toBe(400);
    }
    expect(rejected('shared_connection')).toBe(5);
    expect(rejected('decode')).toBeUndefined();
    expect(logged('write to one connection')).toHaveLength(1);
  });

  test('the rest of the other request is not counted as another protocol', async () => {
    const { port, rejected } = await receiver();
    const head = (length: number) =>
      `POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${length}\r\n\r\n`;
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.resume();
    socket.end(head(20) + head(20) + '\x0a\x00'.repeat(20));
    await once(socket, 'close');
    await expect.poll(() => rejected('shared_connection')).toBeGreaterThanOrEqual(1);
    expect(rejected('not_http')).toBeUndefined();
    expect(rejected('plain_http')).toBeUndefined();
  });
});

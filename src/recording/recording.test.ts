import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { withTimes as reencodedWithTimes, timeRange } from '../../test/support/fresh-times.ts';
import { decodeRequest, encodeMetrics } from '../../test/support/otlp.ts';
import { type RecordedRequest, readRecording } from './read-recording.ts';
import { Recorder } from './recorder.ts';
import { redact } from './redact.ts';
import { replay } from './replay.ts';
import { httpSender, type Sender } from './send-request.ts';
import { withTimes } from './shift-times.ts';

const recordings = join(import.meta.dirname, '../../test/fixtures/recordings');
const folder = () => join(mkdtempSync(join(tmpdir(), 'pitot-recording-')), 'traffic');
const never = new AbortController().signal;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A receiver that keeps requests and answers with the next of `statuses`, then with 200. */
async function receiver(statuses: number[] = []) {
  const got: { path: string; type: string | undefined; body: Buffer }[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const status = statuses.shift() ?? 200;
    if (status === 200) {
      got.push({ path: request.url!, type: request.headers['content-type'], body: Buffer.concat(chunks) });
    }
    response
      .writeHead(status, { 'retry-after': '0', 'content-type': 'application/x-protobuf' })
      .end(`status ${status}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => server.close());
  const { port } = server.address() as { port: number };
  return { got, to: `http://127.0.0.1:${port}` };
}

function recorder(changes: Partial<ConstructorParameters<typeof Recorder>[0]> = {}) {
  const made = new Recorder({
    location: folder(),
    format: 'folder',
    to: undefined,
    toGrpc: undefined,
    redactedKeys: new Set(),
    maxBodyBytes: 1_000_000,
    maxRequests: 1_000,
    maxBytes: 1e9,
    onProblem: (message) => expect.unreachable(message),
    ...changes,
  });
  closers.push(() => made.close());
  return made;
}

const options = { headers: {}, timeoutMs: 30_000 };
const over = (sender: Sender) => {
  closers.push(() => sender.close());
  return { sender, speed: Number.POSITIVE_INFINITY, shiftsTimes: false, signal: never };
};
const fast = (to: string) => over(httpSender({ to, ...options }));

describe.each(['airflow-3.2', 'airflow-3.3'])('%s', (name) => {
  const requests = readRecording(join(recordings, name));

  test('is the same, byte for byte, after it is replayed through the recorder', async () => {
    const target = await receiver();
    const copy = folder();
    const proxy = recorder({ location: copy, to: target.to });
    const result = await replay(requests, fast(await proxy.listen(0, '127.0.0.1')));
    expect(result).toMatchObject({ sent: requests.length, refused: new Map() });
    const copied = readRecording(copy);
    expect(copied.map(({ path, headers }) => ({ path, headers }))).toEqual(
      requests.map(({ path, headers }) => ({ path, headers })),
    );
    expect(copied.every(({ body }, index) => body().equals(requests[index]!.body()))).toBe(true);
    expect(target.got.every(({ body }, index) => body.equals(requests[index]!.body()))).toBe(true);
  });

  test('has the same shifted times as after decoding and encoding', () => {
    const later = (time: bigint) => time + 86_400_000_000_000n;
    for (const request of requests) {
      expect(decodeRequest(withTimes(request, later))).toEqual(
        decodeRequest(reencodedWithTimes(request.body(), later)),
      );
    }
  });

  test('has its latest time in the present when it is replayed with shifted times', async () => {
    const target = await receiver();
    const before = BigInt(Date.now()) * 1_000_000n;
    await replay(requests, { ...fast(target.to), shiftsTimes: true });
    const after = BigInt(Date.now()) * 1_000_000n;
    const { last } = timeRange(target.got.map(({ body }) => body));
    expect(last >= before && last <= after).toBe(true);
  });
});

const number = (attributes: object[]) => ({
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'host.name', value: { stringValue: 'worker-1' } }] },
      scopeMetrics: [
        { metrics: [{ name: 'm', gauge: { dataPoints: [{ timeUnixNano: '5', asInt: '1', attributes }] } }] },
      ],
    },
  ],
});
const user = { key: 'user', value: { stringValue: 'Zoë' } };

describe('redaction', () => {
  const path = '/v1/metrics';
  const keys = new Set(['host.name', 'user']);

  test.each([
    ['protobuf', (): [Buffer, object] => [encodeMetrics(number([user]) as never), {}]],
    [
      'gzip',
      (): [Buffer, object] => [gzipSync(encodeMetrics(number([user]) as never)), { 'content-encoding': 'gzip' }],
    ],
    [
      'JSON',
      (): [Buffer, object] => [Buffer.from(JSON.stringify(number([user]))), { 'content-type': 'application/json' }],
    ],
  ])('replaces the named text attributes of resources and points in %s', (_, made) => {
    const [body, headers] = made();
    const redacted = redact({ path, headers: headers as Record<string, string>, body }, keys);
    const text = redacted.toString('latin1');
    expect(text).not.toContain('worker-1');
    expect(text).not.toContain('Zo');
    expect(redact({ path, headers: headers as Record<string, string>, body }, keys)).toEqual(redacted);
  });

  test('keeps the lengths of a protobuf message and everything else', () => {
    const body = encodeMetrics(number([user, { key: 'dag_id', value: { stringValue: 'etl' } }]) as never);
    const redacted = redact({ path, headers: {}, body }, keys);
    expect(redacted.length).toBe(body.length);
    expect(redacted.toString('latin1')).toContain('etl');
  });
});

test('a gzip body with shifted times is a gzip body', () => {
  const body = gzipSync(encodeMetrics(number([]) as never));
  const request: RecordedRequest = {
    atSeconds: 0,
    path: '/v1/metrics',
    headers: { 'content-encoding': 'gzip' },
    body: () => body,
  };
  const seen: bigint[] = [];
  withTimes({ ...request, body: () => withTimes(request, (time) => time + 2n) }, (time) => {
    seen.push(time);
    return time;
  });
  expect(seen).toEqual([7n]);
});

test('a file of OTLP JSON lines is replayed to the path of each signal', async () => {
  const file = `${folder()}.jsonl`;
  writeFileSync(file, `${JSON.stringify(number([]))}\n\n{"resourceLogs":[]}\n`);
  const target = await receiver();
  await replay(readRecording(file), fast(target.to));
  expect(target.got.map(({ path, type }) => [path, type])).toEqual([
    ['/v1/metrics', 'application/json'],
    ['/v1/logs', 'application/json'],
  ]);
});

test('retries a request if the receiver requests it, and counts refused ones', async () => {
  const [request] = readRecording(join(recordings, 'airflow-3.2'));
  const target = await receiver([503, 429, 200, 400]);
  const result = await replay([request!, request!], fast(target.to));
  expect(target.got.length).toBe(1);
  expect(result.refused).toEqual(new Map([['400 status 400', 1]]));
});

test('a receiver that does not answer is named', async () => {
  const { to } = await receiver();
  await closers.pop()!();
  await expect(replay(readRecording(join(recordings, 'airflow-3.2')), fast(to))).rejects.toThrow(
    /^POST http:\/\/127\.0\.0\.1:\d+\/v1\/metrics: connection refused; start pitot first/,
  );
});

describe('the recorder', () => {
  test('responds to requests itself without a receiver', async () => {
    const copy = folder();
    const made = recorder({ location: copy });
    await replay(readRecording(join(recordings, 'airflow-3.2')).slice(0, 3), fast(await made.listen(0, '127.0.0.1')));
    expect(readRecording(copy).length).toBe(3);
    expect(made.requestCount).toBe(3);
  });

  test('keeps no header that may contain a secret', async () => {
    const copy = folder();
    const made = recorder({ location: copy });
    const address = await made.listen(0, '127.0.0.1');
    await fetch(`${address}/v1/metrics`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', cookie: 'y' },
      body: 'z',
    });
    expect(readFileSync(join(copy, 'index.jsonl'), 'utf8')).not.toMatch(/Bearer|cookie/);
  });

  test('refuses a body above the limit, and stops recording above the limit of requests', async () => {
    const problems: string[] = [];
    const copy = folder();
    const made = recorder({
      location: copy,
      maxBodyBytes: 4,
      maxRequests: 1,
      maxBytes: 1e9,
      onProblem: (text) => problems.push(text),
    });
    const address = await made.listen(0, '127.0.0.1');
    const post = async (body: string) => (await fetch(`${address}/v1/metrics`, { method: 'POST', body })).status;
    expect([await post('12345'), await post('1234'), await post('1'), await post('2')]).toEqual([413, 200, 200, 200]);
    expect(readRecording(copy).length).toBe(1);
    expect(problems).toEqual(['limit of the recording reached; recording no more']);
  });

  test('stops recording above the limit of bytes', async () => {
    const problems: string[] = [];
    const copy = folder();
    const made = recorder({ location: copy, maxBytes: 5, onProblem: (text) => problems.push(text) });
    const address = await made.listen(0, '127.0.0.1');
    for (const body of ['123', '123', '1']) await fetch(`${address}/v1/metrics`, { method: 'POST', body });
    expect([readRecording(copy).length, problems.length]).toEqual([1, 1]);
  });

  test('does not overwrite a recording, unless it is empty', async () => {
    const taken = folder();
    recorder({ location: taken });
    const made = recorder({ location: taken });
    await fetch(`${await made.listen(0, '127.0.0.1')}/v1/metrics`, { method: 'POST', body: 'z' });
    expect(() => recorder({ location: taken })).toThrow(`${taken} already contains a recording`);
  });

  test.runIf(process.platform === 'linux')('does not try forever to create a folder in /proc', () => {
    expect(() => recorder({ location: '/proc/pitot/recording' })).toThrow(
      'create /proc/pitot/recording: no such file or directory',
    );
  });
});

describe('an invalid recording', () => {
  const written = (index: string) => {
    const path = folder();
    recorder({ location: path });
    writeFileSync(join(path, 'index.jsonl'), index);
    return path;
  };

  test.each([
    ['{', ":1: Expected property name or '}'"],
    ['[]', ':1: expected a JSON object'],
    ['{"file":"../x","at_seconds":0,"path":"/"}', ':1: "file" must be the name of a file in'],
    ['{"file":"x","at_seconds":"0","path":"/"}', ':1: "at_seconds" must be a number'],
    ['{"file":"x","at_seconds":0,"path":"v1"}', ':1: "path" must begin with /'],
    ['{"file":"x","at_seconds":0,"path":"/","headers":{"a":1}}', ':1: "headers" must be a map of texts'],
    ['', 'the recording contains no requests'],
  ])('%s is refused with its place', (index, message) => {
    expect(() => readRecording(written(index))).toThrow(message);
  });

  test('a body that does not exist is named', () => {
    const [request] = readRecording(written('{"file":"x","at_seconds":0,"path":"/"}'));
    expect(() => request!.body()).toThrow(/index\.jsonl:1: open .*x: no such file or directory/);
  });
});

test('a malformed body with shifted times is the same body', () => {
  const whole = encodeMetrics(number([]) as never);
  const cut = whole.subarray(0, whole.length - 3);
  const times: bigint[] = [];
  const request: RecordedRequest = { atSeconds: 0, path: '/v1/metrics', headers: {}, body: () => cut };
  const shifted = withTimes(request, (time) => {
    times.push(time);
    return time + 1n;
  });
  expect(shifted).toEqual(cut);
  expect(times).toEqual([]);
});

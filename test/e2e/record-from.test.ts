import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordedRequest, readRecording } from '#recording/read-recording.ts';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { pitotInTerminal, untilShown } from '../support/pseudo-terminal.ts';
import { runPitot } from '../support/run-command.ts';

/* `pitot record --from` next to running receivers. */

const traffic = readRecording(join(import.meta.dirname, '../fixtures/recordings/airflow-3.3'));
let pitot: RunningPitot;
let [http, grpc, console, secret] = [0, 0, 0, 0];

beforeAll(async () => {
  [http, grpc, console, secret] = (await freePorts(4)) as [number, number, number, number];
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  pitot = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols: { http: at(http), grpc: at(grpc) } } },
      exporters: { nop: {} },
      extensions: {
        basicauth: { htpasswd: { inline: 'admin:password' } },
        console: at(console),
        'console/secret': { ...at(secret), auth: { authenticator: 'basicauth' } },
      },
      service: {
        extensions: ['basicauth', 'console', 'console/secret'],
        telemetry: { metrics: { level: 'none' } },
        pipelines: {
          metrics: { receivers: ['otlp'], exporters: ['nop'] },
          logs: { receivers: ['otlp'], exporters: ['nop'] },
        },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, grpc, console, secret]);
});
afterAll(() => pitot?.stop());

const location = (name = 'traffic') => join(mkdtempSync(join(tmpdir(), 'pitot-record-')), name);
const url = (port: number, credentials = '') => `http://${credentials}127.0.0.1:${port}`;

/** Starts to record, sends, and returns what the command has printed. It ends after `count` requests. */
async function recorded(args: string[], count: number, send: () => Promise<unknown>): Promise<string> {
  const session = pitotInTerminal(['record', ...args, `--max-requests=${count}`]);
  await untilShown(session, 'Stop with Ctrl-C');
  await send();
  expect(await session.exited).toBe(0);
  return session.screen();
}

const post = (port: number, { path, headers, body }: RecordedRequest) =>
  ask(port, { method: 'POST', path, headers: { ...headers, 'x-secret': 'token' }, body: body() });
const call = (port: number, body: Buffer) =>
  grpcCall(port, { body: grpcFrame(gzipSync(body), { flag: 1 }), headers: { 'grpc-encoding': 'gzip' } });
const shown = (requests: readonly RecordedRequest[]) =>
  requests.map(({ path, headers, body }) => [path, headers, body().toString('base64')]);
const plain = ({ headers, body }: RecordedRequest) =>
  headers['content-encoding'] === 'gzip' ? gunzipSync(body()) : body();

describe('requests over HTTP and gRPC', () => {
  test('are recorded as they arrived, and replay byte for byte', async () => {
    const sent = traffic.slice(0, 30);
    const first = location();
    const screen = await recorded([first, '--from', url(console)], 40, async () => {
      for (const request of sent) expect((await post(http, request)).status).toBe(200);
      for (const request of sent.slice(0, 10)) expect((await call(grpc, plain(request))).code).toBe(0);
    });
    expect(screen).toMatch(/Recorded 40 requests \(\d+ bytes\) in \S+\.\n$/);
    const requests = readRecording(first);
    expect(shown(requests.slice(0, 30))).toEqual(shown(sent));
    expect(requests.slice(30).map((each) => plain(each).toString('hex'))).toEqual(
      sent.slice(0, 10).map((each) => plain(each).toString('hex')),
    );
    expect(requests[30]).toMatchObject({ path: '/v1/metrics', headers: { 'content-encoding': 'gzip' } });
    const index = readFileSync(join(first, 'index.jsonl'), 'utf8');
    expect([index.split('"transport":"grpc"').length - 1, index.includes('token')]).toEqual([10, false]);

    for (const target of [
      ['--to', url(http)],
      ['--grpc', '--to', url(grpc)],
    ]) {
      const second = location();
      await recorded([second, '--from', url(console)], 40, async () => {
        expect((await runPitot(['replay', first, '--speed=max', ...target])).exitCode).toBe(0);
      });
      const bodies = (folder: string) => readRecording(folder).map(({ body }) => body().toString('base64'));
      expect(bodies(second)).toEqual(bodies(first));
    }
  });

  test('what no decoder accepts is recorded, too', async () => {
    const folder = location();
    await recorded([folder, '--from', url(console)], 2, async () => {
      await ask(http, {
        method: 'POST',
        path: '/v1/metrics',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{'),
      });
      await ask(http, {
        method: 'POST',
        path: '/v1/logs',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Buffer.from('?'),
      });
    });
    expect(readRecording(folder).map(({ path, body }) => [path, body().toString()])).toEqual([
      ['/v1/metrics', '{'],
      ['/v1/logs', '?'],
    ]);
  });

  test('are redacted, and counted as JSON', async () => {
    const file = location('traffic.jsonl');
    const args = [file, '--format=jsonl', '--redact=service.instance.id', '--json', '--from', url(console)];
    const screen = await recorded(args, 1, () => post(http, traffic[0]!));
    expect(JSON.parse(screen.slice(screen.indexOf('{')))).toMatchObject({ location: file, requests: 1, missed: 0 });
    expect(readFileSync(file, 'utf8')).toMatch(/"service\.instance\.id","value":\{"stringValue":"[0-9a-f]{36}"/);
  });
});

describe('access', () => {
  test('with credentials', async () => {
    const folder = location();
    const without = await runPitot(['record', folder, '--from', url(secret)]);
    expect([without.stderr, without.exitCode]).toEqual([expect.stringContaining('answers 401'), 1]);
    await recorded([folder, '--from', url(secret, 'admin:password@')], 1, () => post(http, traffic[0]!));
    expect(readRecording(folder)).toHaveLength(1);
  });

  test('not through a proxy without credentials, and with no other way to receive', async () => {
    const folder = location();
    const proxied = await runPitot(['record', folder, '--from', url(console), '--header=X-Forwarded-For: 10.0.0.7']);
    expect([proxied.stderr, proxied.exitCode]).toEqual([
      expect.stringContaining('set auth of the extension console'),
      1,
    ]);
    const mixed = await runPitot(['record', folder, '--from', url(console), '--listen=127.0.0.1:1']);
    expect([mixed.stderr, mixed.exitCode]).toEqual([expect.stringContaining('--listen has no meaning with --from'), 1]);
  });

  test('a third recording is refused, and one that ends makes room', async () => {
    const start = () => pitotInTerminal(['record', location(), '--from', url(console), '--duration=1h']);
    const running = [start(), start()];
    for (const session of running) await untilShown(session, 'Stop with Ctrl-C');
    const third = await runPitot(['record', location(), '--from', url(console)]);
    expect(third.stderr).toContain('2 recordings are running');
    for (const session of running) session.type('\u0003');
    for (const session of running) expect(await session.exited).toBe(0);
    const folder = location();
    await recorded([folder, '--from', url(console)], 1, () => post(http, traffic[0]!));
  });

  test('--duration ends it', async () => {
    const { stdout, exitCode } = await runPitot(['record', location(), '--from', url(console), '--duration=100ms']);
    expect([stdout, exitCode]).toEqual([expect.stringContaining('Recorded 0 requests'), 0]);
  });
});

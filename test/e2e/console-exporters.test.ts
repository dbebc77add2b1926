import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GettingStarted, Problems, Status } from '#api/overview.ts';
import type { Pipelines } from '#api/service.ts';
import { ask, postMetrics } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { readRecording } from '../support/recording.ts';

/** A pitot that sends to another one, and to a port where nobody listens. */
let running: RunningPitot[];
let ports: { http: number; console: number; other: number; nobody: number };

beforeAll(async () => {
  const [http, console, other, nobody] = (await freePorts(4)) as [number, number, number, number];
  ports = { http, console, other, nobody };
  const receiver = (port: number) => ({ otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } });
  const to = (port: number) => ({ endpoint: `http://127.0.0.1:${port}`, retry_on_failure: { enabled: false } });
  running = [
    startPitot([
      `--config=${configFile({
        receivers: receiver(http),
        exporters: { otlp_http: to(other), 'otlp_http/nobody': to(nobody) },
        extensions: { console: { endpoint: `127.0.0.1:${console}` } },
        service: {
          extensions: ['console'],
          telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: 0 } } } }] } },
          pipelines: { metrics: { receivers: ['otlp'], exporters: ['otlp_http', 'otlp_http/nobody'] } },
        },
      })}`,
    ]),
    startPitot([
      `--config=${configFile({
        receivers: receiver(other),
        exporters: { nop: {} },
        service: {
          telemetry: { metrics: { level: 'none' } },
          pipelines: { metrics: { receivers: ['otlp'], exporters: ['nop'] } },
        },
      })}`,
    ]),
  ];
  await untilListening(running[0]!, [http, console]);
  await untilListening(running[1]!, [other]);
});
afterAll(() => Promise.all(running.map((pitot) => pitot.stop())));

async function api<Result>(path: string): Promise<Result> {
  return JSON.parse(String((await ask(ports.console, { path: `/api/v1/${path}` })).body)) as Result;
}

/** Asks until the answer is as expected. */
async function until<Result>(path: string, isExpected: (result: Result) => boolean): Promise<Result> {
  const end = Date.now() + 30_000;
  for (;;) {
    const result = await api<Result>(path);
    if (isExpected(result) || Date.now() > end) return result;
    await new Promise((done) => setTimeout(done, 50));
  }
}

test('before any data, no scrape is missing', async () => {
  const { steps } = await api<GettingStarted>('getting-started');
  expect(steps.map(({ id, state }) => [id, state])).toEqual([
    ['running', 'done'],
    ['received', 'current'],
    ['sent', 'todo'],
  ]);
});

test('shows what each exporter sent and could not send, and its queue', async () => {
  for (const { body } of readRecording('airflow-3.3').requests.slice(0, 20)) await postMetrics(ports.http, body);
  const isSettled = ({ destinations: [good, bad] }: Status) => good!.sent > 0 && bad!.failed === good!.sent;
  const { destinations, output, verdict } = await until<Status>('status', isSettled);
  const [good, bad] = destinations;
  expect(good).toMatchObject({ id: 'otlp_http', failed: 0 });
  expect(good!.sent).toBeGreaterThan(20);
  expect(bad).toMatchObject({ id: 'otlp_http/nobody', sent: 0, failed: good!.sent });
  expect(output.exporters).toBe(0);
  expect(verdict).toMatchObject({ level: 'error', code: 'send_failed', view: 'config' });
  const { pipelines } = await api<Pipelines>('pipelines');
  expect(pipelines[0]?.exporters).toMatchObject([
    { id: 'otlp_http', items: good!.sent, queue: { unit: 'requests', size: 0, capacity: 1_000 } },
    { id: 'otlp_http/nobody', refused: good!.sent, queue: { size: 0 } },
  ]);
  const { problems } = await api<Problems>('problems');
  expect(problems).toContainEqual(
    expect.objectContaining({ code: 'send_failed', subject: 'otlp_http/nobody', count: good!.sent }),
  );
});

test('the steps are done when an exporter has sent', async () => {
  const { isDone, steps } = await api<GettingStarted>('getting-started');
  expect(isDone).toBe(true);
  expect(steps.at(-1)?.text).toMatch(/^\d+ data points sent by otlp_http\.$/);
});

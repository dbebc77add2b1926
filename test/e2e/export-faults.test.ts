import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { faultyReceiver, gaugeRequest } from '../support/faulty-receiver.ts';
import { postMetrics } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

/* A pitot that sends by OTLP over HTTP to a receiver with faults. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function receiver(port: number) {
  const target = faultyReceiver(port);
  cleanups.push(() => target.stop());
  return target;
}

async function sender(endpoint: string, { retry = {}, queue = {} }: { retry?: object; queue?: object } = {}) {
  const [http] = (await freePorts(1)) as [number];
  const directory = mkdtempSync(join(tmpdir(), 'pitot-queue-'));
  const path = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: {
      otlp_http: {
        endpoint,
        retry_on_failure: { initial_interval: '20ms', max_interval: '100ms', max_elapsed_time: 0, ...retry },
        sending_queue: { storage: 'file_storage', num_consumers: 2, ...queue },
      },
    },
    extensions: { file_storage: { directory } },
    service: {
      extensions: ['file_storage'],
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  });
  const start = async (): Promise<RunningPitot> => {
    const pitot = startPitot([`--config=${path}`]);
    cleanups.push(() => pitot.stop('SIGKILL'));
    await untilListening(pitot, [http]);
    await untilLogged(pitot, 'Everything is ready');
    return pitot;
  };
  return { start, post: (name: string) => postMetrics(http, gaugeRequest(name)) };
}

/** Entries of the exporter in the log, without their details. */
const entries = (pitot: RunningPitot) =>
  [
    ...pitot
      .output()
      .toString()
      .matchAll(/\t(Exporting [^\t]*)\t/g),
  ].map(([, message]) => message);

test('nothing acknowledged is lost if the sender is killed while the receiver is down, and again while it is slow', async () => {
  const [port] = (await freePorts(1)) as [number];
  const target = receiver(port);
  const { start, post } = await sender(`http://127.0.0.1:${port}`);
  const acknowledged: string[] = [];
  const send = async (name: string) => {
    const { status } = await post(name);
    if (status === 200) acknowledged.push(name);
  };
  const first = await start();
  for (let i = 0; i < 30; i++) await send(`down.${i}`);
  await first.stop('SIGKILL');

  target.answer = (response) => setTimeout(() => response.end(), 20);
  await target.start();
  const second = await start();
  for (let i = 0; i < 10; i++) await send(`slow.${i}`);
  await second.stop('SIGKILL');

  target.answer = (response) => response.end();
  const third = await start();
  await expect.poll(() => new Set(target.names).size, { timeout: 30_000 }).toBe(acknowledged.length);
  expect(acknowledged).toHaveLength(40);
  expect([...new Set(target.names)].sort()).toEqual(acknowledged.toSorted());
  expect(await third.stop()).toBe(0);
}, 120_000);

test('a receiver that is down, busy, and cuts connections: one entry for each change, and everything arrives', async () => {
  const [port] = (await freePorts(1)) as [number];
  const target = receiver(port);
  const { start, post } = await sender(`http://127.0.0.1:${port}`);
  const pitot = await start();
  for (let i = 0; i < 10; i++) expect((await post(`m${i}`)).status).toBe(200);
  let answers = 0;
  target.answer = (response) => {
    answers += 1;
    if (answers <= 5) response.writeHead(503).end();
    else if (answers <= 10) response.destroy();
    else response.end();
  };
  await target.start();
  await expect.poll(() => new Set(target.names).size, { timeout: 30_000 }).toBe(10);
  await untilLogged(pitot, 'Exporting works again');
  const messages = entries(pitot);
  expect(messages.filter((one) => one === 'Exporting works again').length).toBeLessThanOrEqual(2);
  // Connection refused, 503, and a connection that was cut, in one or two phases, instead of an entry for each of the retries.
  expect(messages.length).toBeLessThanOrEqual(8);
  expect(await pitot.stop()).toBe(0);
}, 120_000);

test('data that the receiver rejects is given up and named; the next request is sent', async () => {
  const [port] = (await freePorts(1)) as [number];
  const target = receiver(port);
  await target.start();
  const { start, post } = await sender(`http://127.0.0.1:${port}`, { queue: { num_consumers: 1 } });
  const pitot = await start();
  target.answer = (response) => response.writeHead(400).end();
  expect((await post('bad')).status).toBe(200);
  await untilLogged(pitot, 'Exporting failed. Dropping data.');
  target.answer = (response) => response.end();
  expect((await post('good')).status).toBe(200);
  await expect.poll(() => target.names, { timeout: 30_000 }).toEqual(['good']);
  const log = pitot.output().toString();
  expect(log).toContain(
    `"error": "not retryable error: Permanent error: rpc error: code = InvalidArgument desc = error exporting items, request to http://127.0.0.1:${port}/v1/metrics responded with HTTP Status Code 400, Message=, Details=[]", "dropped_items": 1, "example": "bad"`,
  );
  expect(await pitot.stop()).toBe(0);
}, 120_000);

test('a receiver that is killed while data arrives: what it confirmed and what it did not is there after it is back', async () => {
  const [port] = (await freePorts(1)) as [number];
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-received-')), 'received.jsonl');
  const path = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { file: { path: file, append: true } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['file'] } },
    },
  });
  const startReceiver = async () => {
    const pitot = startPitot([`--config=${path}`]);
    cleanups.push(() => pitot.stop('SIGKILL'));
    await untilListening(pitot, [port]);
    return pitot;
  };
  const received = () => [...readFileSync(file, 'utf8').matchAll(/"name":"(m\d+)"/g)].map(([, name]) => name!);
  const target = await startReceiver();
  const { start, post } = await sender(`http://127.0.0.1:${port}`);
  const pitot = await start();
  const acknowledged: string[] = [];
  const send = async (from: number, to: number) => {
    for (let i = from; i < to; i++) if ((await post(`m${i}`)).status === 200) acknowledged.push(`m${i}`);
  };
  await send(0, 20);
  const [, ended] = await Promise.all([send(20, 60), target.stop('SIGKILL')]);
  expect(ended).toBeNull();
  const again = await startReceiver();
  await send(60, 80);
  await expect.poll(() => new Set(received()).size, { timeout: 30_000 }).toBe(80);
  expect(acknowledged).toHaveLength(80);
  // The requests that both consumers were sending at the kill can have been written without a response.
  expect(received().length - 80).toBeLessThanOrEqual(2);
  await untilLogged(pitot, 'Exporting works again');
  expect(await pitot.stop()).toBe(0);
  expect(await again.stop()).toBe(0);
}, 120_000);

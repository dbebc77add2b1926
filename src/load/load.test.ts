import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeRequest } from '../../test/support/otlp.ts';
import { AirflowTraffic, type AirflowTrafficOptions, unixNano } from './airflow-traffic.ts';
import { runLoad } from './run-load.ts';

/** A generator of numbers with a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const now = unixNano(1_790_000_000_000);
const traffic = (options: Partial<AirflowTrafficOptions> = {}) =>
  new AirflowTraffic({ dags: 3, tasksPerDag: 2, failureRatio: 0.3, sdk: '1.45', random: seeded(1), ...options }, now);
const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

test('each task try is a separate process, and tries cover all Dags and tasks', () => {
  const made = traffic();
  const requests = Array.from({ length: 12 }, () => decodeRequest(made.taskTry(now).body));
  const instances = requests.map((request) =>
    JSON.stringify(
      request.resourceMetrics?.[0]?.resource?.attributes?.find(({ key }) => key === 'service.instance.id'),
    ),
  );
  expect(new Set(instances).size).toBe(12);
  const tasks = requests.map((request) =>
    JSON.stringify(request.resourceMetrics?.[0]?.scopeMetrics?.[0]?.metrics?.[0]?.sum?.dataPoints?.[0]?.attributes),
  );
  expect(new Set(tasks).size).toBe(6);
});

test('the old SDK sends no instance ID, and timers as gauges', () => {
  const text = JSON.stringify(decodeRequest(traffic({ sdk: '1.35' }).taskTry(now).body));
  expect(text).not.toContain('service.instance.id');
  expect(text).not.toContain('exponentialHistogram');
  expect(JSON.stringify(decodeRequest(traffic().taskTry(now).body))).toContain('exponentialHistogram');
});

test('the heartbeats of the scheduler grow in one process', () => {
  const made = traffic();
  const beats = [1, 2].map(() => {
    const metrics = decodeRequest(made.scheduler(now).body).resourceMetrics?.[0]?.scopeMetrics?.[0]?.metrics;
    return metrics?.[0]?.sum?.dataPoints?.[0];
  });
  expect(beats.map((point) => String(point?.asInt))).toEqual(['1', '2']);
  expect(beats[0]?.startTimeUnixNano).toEqual(beats[1]?.startTimeUnixNano);
});

test('reports how many finishes the receiver accepted', async () => {
  const states: string[] = [];
  const decoder = new MetricsDecoder();
  let requests = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests += 1;
    if (requests % 5 === 0) {
      response.writeHead(500).end();
      return;
    }
    for (const { scopeMetrics } of decoder.decode(Buffer.concat(chunks)).resourceMetrics)
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics))
        if (metric.descriptor.name === 'airflow.ti.finish')
          states.push(String(metric.dataPoints[0]!.attributes.entries.find(({ key }) => key === 'state')!.value));
    response.writeHead(200).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => server.close());
  const result = await runLoad(traffic(), {
    headers: {},
    timeoutMs: 10_000,
    to: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    processesPerMinute: 60_000,
    durationMs: 100,
    schedulerIntervalMs: 50,
    maxInFlight: 4,
    stopped: new AbortController().signal,
  });
  expect(result.requests).toBe(102);
  expect(result.failed).toEqual(new Map([['HTTP 500', 20]]));
  expect(result.finishes.success).toBe(states.filter((state) => state === 'success').length);
  expect(result.finishes.failed).toBe(states.filter((state) => state === 'failed').length);
  expect(result.finishes.failed).toBeGreaterThan(0);
});

test('stops when its signal aborts', async () => {
  const result = await runLoad(traffic(), {
    headers: {},
    timeoutMs: 10_000,
    to: 'http://127.0.0.1:9',
    processesPerMinute: 60,
    durationMs: Number.POSITIVE_INFINITY,
    schedulerIntervalMs: 1000,
    maxInFlight: 4,
    stopped: AbortSignal.abort(),
  });
  expect(result.requests).toBe(0);
});

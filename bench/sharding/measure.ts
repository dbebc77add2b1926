/**
 * Measures a sharded pitot: requests of many short processes, sent to pods chosen at random, with 1, 2, and 4 pods on this machine. Prints
 * the rows of the sizing table in docs/scale.md.
 *
 *   node bench/sharding/measure.ts [SERIES] [REQUESTS]
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { ask } from '../../test/support/http.ts';
import { encodeMetrics } from '../../test/support/otlp.ts';
import type { RecordedRequest } from '../../test/support/recording.ts';
import { ShardedPitot } from '../../test/support/sharded-pitot.ts';
import { seededRandom } from '../load/random.ts';

const seriesCount = Number(process.argv[2] ?? 20_000);
const requestCount = Number(process.argv[3] ?? 1_000);
const pointsPerRequest = 200;
const clockTicks = 100;

/** A request of one process with a number of series. */
function requestOf(index: number): RecordedRequest {
  // After the start of every pod: older processes would count only their growth.
  const startTimeUnixNano = BigInt(Date.now() + 3_600_000) * 1_000_000n + BigInt(index);
  const dataPoints = Array.from({ length: pointsPerRequest }, (_, point) => ({
    asInt: 1 + (point % 7),
    startTimeUnixNano,
    timeUnixNano: startTimeUnixNano + 1_000_000_000n,
    attributes: [
      { key: 'dag_id', value: { stringValue: `dag_${(index * pointsPerRequest + point) % seriesCount}` } },
      { key: 'state', value: { stringValue: 'success' } },
    ],
  }));
  const attributes = [
    { key: 'service.name', value: { stringValue: 'airflow' } },
    { key: 'service.instance.id', value: { stringValue: `process-${index}` } },
  ];
  const metric = { name: 'airflow.ti.finish', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } };
  const body = encodeMetrics({
    resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics: [metric] }] }],
  } as never);
  return { atSeconds: 0, path: '/v1/metrics', headers: { 'content-type': 'application/x-protobuf' }, body };
}

/** CPU time of a process, seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / clockTicks;
}

const requests = Array.from({ length: requestCount }, (_, index) => requestOf(index));
const expected = requestCount * pointsPerRequest;
const perProcess = Array.from({ length: pointsPerRequest }, (_, point) => 1 + (point % 7)).reduce((a, b) => a + b, 0);

async function measure(count: number): Promise<void> {
  const sink = await startSink();
  let isPushing = false;
  const remoteWrite = (pod: number) =>
    isPushing ? { endpoint: `${sink.url}/${pod}`, push_interval: '1s', max_batch_size_bytes: 100_000_000 } : undefined;
  const pitot = new ShardedPitot(seededRandom(count), { clients: 'http', remoteWrite });
  await pitot.create(count);
  pitot.configure([]);
  await pitot.start(...pitot.pods.keys());
  const pids = pitot.pods.map((pod) => pod.pitot!.process.pid!);
  const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const [cpuBefore, begin] = [cpu(), performance.now()];
  await pitot.deliver(requests, 8);
  const total = async () =>
    (await pitot.samples())
      .filter(({ name }) => name.startsWith('airflow_ti_finish'))
      .reduce((sum, { value }) => sum + value, 0);
  while ((await total()) < perProcess * requestCount) await after(200);
  const seconds = (performance.now() - begin) / 1000;
  const used = cpu() - cpuBefore;
  const scrapes = [];
  for (const { ports } of pitot.pods) {
    const scrapeBegin = performance.now();
    const { body } = await ask(ports.metrics, { path: '/metrics' });
    scrapes.push({ ms: performance.now() - scrapeBegin, bytes: body.length });
  }
  const slowest = Math.max(...scrapes.map(({ ms }) => ms));
  const largest = Math.max(...scrapes.map(({ bytes }) => bytes));
  const memory = pids.map(
    (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024,
  );
  isPushing = true;
  pitot.configure([]);
  await pitot.roll(...pitot.pods.keys());
  const push = await sink.largestPush(count);
  const row = [
    count,
    seriesCount,
    Math.round(expected / seconds),
    Math.round(expected / used),
    Math.round(Math.max(...memory)),
    `${Math.round(slowest)} ms`,
    `${(largest / 2 ** 20).toFixed(2)} MiB`,
    `${(push / 2 ** 20).toFixed(2)} MiB`,
  ];
  console.log(`| ${row.join(' | ')} |`);
  await pitot.stopAll();
  await sink.close();
}

/** A receiver of pushes that counts their bytes. */
async function startSink() {
  const pushes = new Map<string, number>();
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      // The first push contains all series; later ones repeat them.
      pushes.set(request.url!, Math.max(bytes, pushes.get(request.url!) ?? 0));
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Returns the size of the largest push when each pod has pushed. */
    async largestPush(count: number): Promise<number> {
      while (pushes.size < count) await after(100);
      await after(1_500);
      return Math.max(...pushes.values());
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

console.log(
  '| Pods | Series | Points/s | Points per CPU second | Memory of the largest pod, MiB | Slowest scrape of a pod | Its size | Size of its push (snappy) |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const count of [1, 2, 4]) await measure(count);

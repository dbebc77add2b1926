import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { churnBodies } from '../../bench/load/bodies.ts';
import { post } from '../../bench/load/post.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { ask } from '../support/http.ts';
import { decodeRequest } from '../support/otlp.ts';
import { readTextExposition } from '../support/text-exposition.ts';

const processes = 10_000;
/** With accumulation, exponential histograms also have classic buckets by default. */
const maxLines = 500;
/** The process runs from source and needs about 125 MB before it receives anything; with its 10,000 streams, it needs about 230 MB. */
const maxResidentMb = 220;
/** With its 10,000 streams, the heap contains about 85 MB. About 40 MB of that are the program. */
const maxHeapMb = 70;

let bridge: Bridge | undefined;
afterAll(() => bridge?.stop());

/** Counts of finished tasks according to the processes, by Dag, task, and state. */
function finished(bodies: readonly Buffer[]): Map<string, number> {
  const totals = new Map<string, number>();
  const points = bodies
    .flatMap((body) => decodeRequest(body).resourceMetrics ?? [])
    .flatMap(({ scopeMetrics = [] }) => scopeMetrics)
    .flatMap(({ metrics = [] }) => metrics)
    .filter(({ name }) => name === 'airflow.ti.finish')
    .flatMap(({ sum }) => sum?.dataPoints ?? []);
  for (const { attributes = [], asInt, asDouble } of points) {
    const labels = Object.fromEntries(attributes.map(({ key, value }) => [key, value?.stringValue]));
    const key = keyOf(labels);
    totals.set(key, (totals.get(key) ?? 0) + Number(asInt ?? asDouble));
  }
  return totals;
}

const keyOf = ({ dag_id: dag, task_id: task, state }: Record<string, string | undefined>) => `${dag}/${task}/${state}`;

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function heapMb({ ports }: Bridge): Promise<number> {
  const samples = readTextExposition((await ask(ports.own, { path: '/metrics' })).body);
  return samples.find(({ name }) => name.startsWith('otelcol_process_runtime_heap_alloc_bytes'))!.value / 2 ** 20;
}

test.skipIf(process.platform !== 'linux')(
  `exposes exact totals of ${processes} task processes in few series, and releases memory when they have exited`,
  async () => {
    const bodies = [...churnBodies('airflow-3.3', processes)];
    bridge = await Bridge.start({
      prometheus: { accumulation: { ...accumulation, stream_expiration: '10s' } },
      hasOwnMetrics: true,
    });
    await post(bridge.ports.http, bodies, { count: processes });
    const page = async () => readTextExposition((await bridge!.scrape()).body);
    const samples = await page();
    const served = samples.filter(({ name }) => name === 'airflow_ti_finish_total');
    expect(new Map(served.map(({ labels, value }) => [keyOf(labels), value]))).toEqual(finished(bodies));
    expect(samples.length).toBeLessThanOrEqual(maxLines);
    // The sweep runs every 10 s. Memory is released shortly afterwards.
    const pid = bridge.pitot.process.pid!;
    let heap = await heapMb(bridge);
    for (const end = Date.now() + 60_000; heap >= maxHeapMb && Date.now() < end; heap = await heapMb(bridge))
      await after(1_000);
    const resident = residentMb(pid);
    process.stdout.write(
      `churn: ${samples.length} lines; after all streams expired, ${Math.round(heap)} MB of heap, ${Math.round(resident)} MB resident\n`,
    );
    expect(heap).toBeLessThan(maxHeapMb);
    expect(resident).toBeLessThan(maxResidentMb);
    expect((await page()).length).toBeLessThanOrEqual(maxLines);
  },
  150_000,
);

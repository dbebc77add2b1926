import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { churnBodies } from '../../bench/load/bodies.ts';
import { post } from '../../bench/load/post.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { decodeRequest } from '../support/otlp.ts';
import { readTextExposition } from '../support/text-exposition.ts';

const processes = 10_000;
/** With accumulation, exponential histograms also have classic buckets by default. */
const maxLines = 500;
const maxResidentMb = 150;

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

test.skipIf(process.platform !== 'linux')(
  `exposes exact totals of ${processes} task processes in few series, and releases memory when they have exited`,
  async () => {
    const bodies = [...churnBodies('airflow-3.3', processes)];
    bridge = await Bridge.start({ prometheus: { accumulation: { ...accumulation, stream_expiration: '10s' } } });
    await post(bridge.ports.http, bodies, { count: processes });
    const page = async () => readTextExposition((await bridge!.scrape()).body);
    const samples = await page();
    const served = samples.filter(({ name }) => name === 'airflow_ti_finish_total');
    expect(new Map(served.map(({ labels, value }) => [keyOf(labels), value]))).toEqual(finished(bodies));
    expect(samples.length).toBeLessThanOrEqual(maxLines);
    // The sweep runs every 10 s. Memory is released shortly afterwards.
    const pid = bridge.pitot.process.pid!;
    for (const end = Date.now() + 40_000; residentMb(pid) >= maxResidentMb && Date.now() < end; ) await after(1_000);
    const settled = residentMb(pid);
    process.stdout.write(`churn: ${samples.length} lines, ${Math.round(settled)} MB after all streams expired\n`);
    expect(settled).toBeLessThan(maxResidentMb);
    expect((await page()).length).toBeLessThanOrEqual(maxLines);
  },
);

import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { airflowLabelsOf, readEmitted, readTruth } from '../monitoring/truth.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { decodeRequest } from '../support/otlp.ts';
import { readPackedRequests } from '../support/packed-recording.ts';
import { Prometheus } from '../support/prometheus.ts';
import { type RecordedRequest, readRecording, servedTries } from '../support/recording.ts';
import { replayNow } from '../support/replay-now.ts';
import { seriesKey } from '../support/text-exposition.ts';

/*
 * Totals that pitot pushes to a real Prometheus while recordings of several versions of Airflow are replayed, all at the same time. remote-write.test.ts does
 * it with 3.3 and faults, scripts/receivers.sh with the recording of a live 3.3.
 */

const replaySeconds = 40;
const names = ['airflow-2.11', 'airflow-2.11-flush', 'airflow-3.1', 'airflow-3.2'] as const;
type Name = (typeof names)[number];

let prometheus: Prometheus;
const ends = new Map<Name, number>();

/** A few bodies of a real Airflow are empty or the head of another request. */
function isOtlp({ body }: RecordedRequest): boolean {
  try {
    decodeRequest(body);
    return body.length > 0;
  } catch {
    return false;
  }
}

async function push(name: Name): Promise<void> {
  const requests = name === 'airflow-3.2' ? readRecording(name).requests : readPackedRequests(name).filter(isOtlp);
  const bridge = await Bridge.start({
    prometheus: {
      accumulation: { ...accumulation, zero_first: true },
      remote_write: {
        endpoint: `${prometheus.url}/api/v1/write`,
        push_interval: '1s',
        external_labels: { page: name },
        send_native_histograms: false,
      },
    },
  });
  try {
    await replayNow({ ...readRecording('airflow-3.3'), requests }, bridge.ports.http, replaySeconds);
    // One push reports new counters as 0, the next one their values.
    await after(3_000);
    const [newest] = await prometheus.query(`max(timestamp(airflow_ti_finish_total{page="${name}"}))`);
    ends.set(name, Number(newest!.value![1]));
  } finally {
    expect(await bridge.stop()).toBe(0);
  }
}

beforeAll(async () => {
  prometheus = await Prometheus.start({ jobs: [], interval: '1s', flags: ['--web.enable-remote-write-receiver'] });
  await Promise.all(names.map(push));
}, 240_000);
afterAll(() => prometheus?.stop());

/** The growth of a counter by Airflow's labels, at the last push: there, Prometheus does not extrapolate. */
async function increaseOf(metric: string, page: Name): Promise<Map<string, number>> {
  const grown = new Map<string, number>();
  for (const { metric: labels, value } of await prometheus.query(
    `increase(${metric}{page="${page}"}[1h])`,
    ends.get(page),
  )) {
    const { page: _, ...own } = airflowLabelsOf(labels);
    const key = seriesKey(metric, own);
    grown.set(key, (grown.get(key) ?? 0) + Number(value![1]));
  }
  return grown;
}

test('increase() of Airflow 3.2 equals its database', async () => {
  const recording = readRecording('airflow-3.2');
  const expression = `sum by (dag_id, task_id, state) (increase(airflow_ti_finish_total{page="airflow-3.2"}[1h]))`;
  const samples = (await prometheus.query(expression, ends.get('airflow-3.2'))).map(({ metric, value }) => ({
    name: 'airflow_ti_finish_total',
    labels: metric,
    value: Number(value![1]),
  }));
  expect(servedTries(samples, recording)).toEqual(recording.tries);
});

test('increase() of Airflow 2.11 whose tasks flush equals its database', async () => {
  const page = 'airflow-2.11-flush';
  const grown = await increaseOf('airflow_ti_finish_total', page);
  const total = (dag_id: string, task_id: string, state: string) =>
    grown.get(seriesKey('airflow_ti_finish_total', { dag_id, task_id, state })) ?? 0;
  const tries = readTruth<{ dag_id: string; task_id: string; state: string; tries: number }>(
    page,
    'truth.airflow-db.json',
  );
  // Tasks without a process, and killed tasks, report no finish.
  const reported = tries.filter(({ state, task_id: task }) => state !== 'upstream_failed' && task !== 'kills_itself');
  expect(reported.length).toBeGreaterThan(5);
  for (const { dag_id: dag, task_id: task, state, tries: expected } of reported) {
    const sent = total(dag, task, state) + (state === 'failed' ? total(dag, task, 'up_for_retry') : 0);
    expect(sent, `${dag}/${task}/${state}`).toBe(expected);
  }
});

test('increase() of Airflow 2.11 as it is never exceeds its database', async () => {
  const page = 'airflow-2.11';
  const grown = await increaseOf('airflow_ti_finish_total', page);
  const tries = readTruth<{ dag_id: string; task_id: string; state: string; tries: number }>(
    page,
    'truth.airflow-db.json',
  );
  const total = (dag_id: string, task_id: string, state: string) =>
    grown.get(seriesKey('airflow_ti_finish_total', { dag_id, task_id, state })) ?? 0;
  expect(grown.size).toBeGreaterThan(0);
  // Most of its processes end without a flush, so that their finishes were never sent.
  for (const { dag_id: dag, task_id: task, state, tries: most } of tries) {
    expect(total(dag, task, state), `${dag}/${task}/${state}`).toBeLessThanOrEqual(most);
  }
});

test.each(['airflow-3.1'] as const)('the growth of %s equals what the processes sent', async (page) => {
  const emitted = readEmitted(page);
  const wrong: object[] = [];
  for (const metric of new Set(emitted.map(({ name }) => name))) {
    const grown = await increaseOf(metric, page);
    for (const { attributes, delivered } of emitted.filter(({ name }) => name === metric)) {
      const increase = grown.get(seriesKey(metric, attributes));
      if (Math.abs((increase ?? Number.NaN) - delivered) < 1e-6 * Math.max(delivered, 1)) continue;
      wrong.push({ metric, attributes, delivered, increase });
    }
  }
  expect(emitted.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

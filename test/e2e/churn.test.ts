import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { withTimes } from '../support/fresh-times.ts';
import { ask } from '../support/http.ts';
import { decodeRequest, encodeMetrics } from '../support/otlp.ts';
import { deliver } from '../support/otlp-sender.ts';
import { type RecordedRequest, readRecording } from '../support/recording.ts';
import { gzipped } from '../support/request-shapes.ts';
import { countedSeries, readTextPage } from '../support/text-page.ts';

const finished = 'airflow_ti_finish_total';

test('a thousand task processes are a page of constant length, whose totals are exact', async () => {
  const exports = readRecording('airflow-3.3').requests.filter(({ body }) => finishes(body) > 0);
  expect(exports.length).toBeGreaterThan(30);
  const random = seededRandom(1);
  const processes = Array.from({ length: 1000 }, (_, i) => asProcess(exports[i % exports.length]!, { i, random }));
  const expected = processes.reduce((sum, { body }) => sum + finishes(body), 0);

  const bridge = await Bridge.start({
    prometheus: { accumulation: { ...accumulation, stream_expiration: '1s' } },
    hasOwnMetrics: true,
  });
  try {
    const { http } = bridge.ports;
    await deliver(http, processes.slice(0, exports.length), { connections: 8 });
    const few = await page(bridge);
    await deliver(http, processes.slice(exports.length).map(gzipped), { connections: 8 });
    const many = await page(bridge);
    expect(many.lines).toBe(few.lines);
    expect(many.lines).toBeLessThan(300);
    expect(many.finished).toBe(expected);
    await expect.poll(() => liveStreams(bridge), { timeout: 20_000 }).toBe(0);
    expect(await page(bridge)).toEqual(many);
  } finally {
    await bridge.stop();
  }
});

/** How many tasks a body says have finished. */
function finishes(body: Buffer): number {
  let count = 0;
  for (const { scopeMetrics = [] } of decodeRequest(body).resourceMetrics ?? []) {
    for (const metric of scopeMetrics.flatMap(({ metrics = [] }) => metrics)) {
      if (metric.name !== 'airflow.ti.finish') continue;
      for (const { asInt, asDouble } of metric.sum?.dataPoints ?? []) count += Number(asInt ?? asDouble);
    }
  }
  return count;
}

/** The export of a task process as another process sends it: its own instance id and start times. */
function asProcess(request: RecordedRequest, { i, random }: { i: number; random: () => number }): RecordedRequest {
  const shift = BigInt(i * 7_000_001 + Math.floor(random() * 1000));
  const content = decodeRequest(withTimes(request.body, (time) => time + shift));
  for (const { resource } of content.resourceMetrics ?? []) {
    for (const { key, value } of resource?.attributes ?? []) {
      if (key === 'service.instance.id') value!.stringValue = `process-${i}-${random()}`;
    }
  }
  return { ...request, body: encodeMetrics(content) };
}

/** Streams that are remembered; what was idle for its time is folded into its series and forgotten. */
async function liveStreams({ ports }: Bridge): Promise<number | undefined> {
  const own = readTextPage((await ask(ports.own, { path: '/metrics' })).body);
  return own.find(({ name }) => name === 'pitot_accumulation_live_streams')?.value;
}

async function page(bridge: Bridge): Promise<{ lines: number; finished: number }> {
  const samples = readTextPage((await bridge.scrape()).body);
  const values = [...countedSeries(samples.filter(({ name }) => name === finished)).values()];
  return { lines: samples.length, finished: values.reduce((sum, value) => sum + value, 0) };
}

import { afterEach, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { timeRange } from '../support/fresh-times.ts';
import { deliver } from '../support/otlp-client.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { ShardedPitot } from '../support/sharded-pitot.ts';
import { countedSeries, readTextExposition, seriesKey, type TextSample } from '../support/text-exposition.ts';

/*
 * Three real processes share the series of a recording. Clients choose a process at random for each request, while processes are killed,
 * restarted, added, and removed. All totals together must equal those of a single process, which equal Airflow's database.
 */

const recording = readRecording('airflow-3.3');
const half = Math.floor(recording.requests.length / 2);
const [before, later] = [recording.requests.slice(0, half), recording.requests.slice(half)];
/** Totals of a single process. */
let truth: ReadonlyMap<string, number>;

beforeAll(async () => {
  const bridge = await Bridge.start({ prometheus: { accumulation } });
  await deliver(bridge.ports.http, recording.requests);
  truth = countedSeries(readTextExposition((await bridge.scrape()).body));
  await bridge.stop();
});

let sharded: ShardedPitot | undefined;
afterEach(() => sharded?.stopAll());

async function start(seed: number): Promise<ShardedPitot> {
  sharded = new ShardedPitot(seededRandom(seed));
  await sharded.create(3);
  sharded.configure([]);
  await sharded.start(0, 1, 2);
  return sharded;
}

/** `sum without (pod) (…)` of counters and histograms. */
function summed(samples: readonly TextSample[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, type, labels, value } of samples) {
    if (type !== 'counter' && type !== 'histogram') continue;
    const key = seriesKey(name, labels);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
}

const rfc3339 = (unixNano: bigint) => new Date(Number(unixNano / 1_000_000n)).toISOString();

test('each series has one owner, and a killed process loses nothing that was acknowledged', async () => {
  const pitot = await start(1);
  const delivered = pitot.deliver(recording.requests);
  await pitot.kill(1);
  await pitot.start(1);
  await delivered;
  const samples = await pitot.samples();
  expect(summed(samples)).toEqual(truth);
  expect(servedTries(samples, recording)).toEqual(recording.tries);
  const series = samples
    .filter(({ name }) => name !== 'target_info')
    .map(({ name, labels }) => seriesKey(name, labels));
  expect(new Set(series).size).toBe(series.length);
}, 120_000);

test('a rolling restart loses nothing and refuses nothing', async () => {
  const pitot = await start(2);
  const delivered = pitot.deliver(recording.requests);
  for (const pod of [2, 1]) {
    await pitot.stop(pod);
    await pitot.start(pod);
  }
  await delivered;
  expect(summed(await pitot.samples())).toEqual(truth);
  expect(pitot.refused).toBe(0);
}, 120_000);

test('totals stay exact when a process is added at a known time, and when it is removed', async () => {
  const pitot = await start(3);
  const three = pitot.hostnames;
  await pitot.deliver(before);
  const { last: changed } = timeRange(before.map(({ body }) => body));
  const previous = [{ hostnames: three, until: rfc3339(changed) }];
  await pitot.create(1);
  pitot.configure(previous);
  await pitot.start(3);
  // All restart with the new ring, one after the other, while clients send.
  const delivered = pitot.deliver(before.slice(0, 20));
  for (const pod of [2, 1, 0]) {
    await pitot.stop(pod);
    await pitot.start(pod);
  }
  await delivered;
  await pitot.deliver(later);
  expect(summed(await pitot.samples())).toEqual(truth);
  const ofRemoved = await pitot.samples(3);
  expect(summed(ofRemoved).size).toBeGreaterThan(0);
  const four = pitot.hostnames;
  const { last: removed } = timeRange(recording.requests.map(({ body }) => body));
  pitot.configure([...previous, { hostnames: four, until: rfc3339(removed + 1_000_000_000n) }], three);
  for (const pod of [3, 2, 1, 0]) await pitot.stop(pod);
  await pitot.start(0, 1, 2);
  // What the removed process had counted arrives again at others, and counts nothing.
  await pitot.deliver(recording.requests);
  expect(summed([...ofRemoved, ...(await pitot.samples())])).toEqual(truth);
}, 180_000);

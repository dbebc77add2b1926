import { afterEach, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { timeRange } from '../support/fresh-times.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { ShardedPitot, type ShardedPitotOptions } from '../support/sharded-pitot.ts';
import { levelsOnSeveralPods, settled, summed, totalsOfOne } from '../support/sharded-totals.ts';

/*
 * Real processes share the series of a recording. For each request, clients choose a process and a protocol at random, while processes are killed,
 * restarted, added, and removed. All totals together must equal those of a single process, which equal Airflow's database.
 */

const recording = readRecording('airflow-3.3');
/** Totals of a single process. */
let truth: ReadonlyMap<string, number>;
beforeAll(async () => {
  truth = await totalsOfOne(recording);
});

let sharded: ShardedPitot | undefined;
afterEach(() => sharded?.stopAll());

async function start(seed: number, count: number, options: ShardedPitotOptions = {}): Promise<ShardedPitot> {
  sharded = new ShardedPitot(seededRandom(seed), options);
  await sharded.create(count);
  sharded.configure([]);
  await sharded.start(...sharded.pods.keys());
  return sharded;
}

const size = Math.ceil(recording.requests.length / 5);
const parts = [0, 1, 2, 3, 4].map((number) => recording.requests.slice(number * size, (number + 1) * size));

/** Time after which no stream of a part starts, or of one before it; RFC 3339. */
function endOf(number: number): string {
  const requests = parts.slice(0, number + 1).flat();
  return new Date(Number(timeRange(requests.map(({ body }) => body)).last / 1_000_000n) + 1).toISOString();
}

test('each series has one owner, and a killed process loses nothing that was acknowledged', async () => {
  const pitot = await start(1, 3);
  const delivered = pitot.deliver(recording.requests);
  await pitot.kill(1);
  await pitot.start(1);
  await delivered;
  const samples = await settled(pitot, truth);
  expect(summed(samples)).toEqual(truth);
  expect(servedTries(samples, recording)).toEqual(recording.tries);
  expect(levelsOnSeveralPods(samples)).toEqual([]);
}, 120_000);

test('a rolling restart of two pods loses nothing and refuses nothing', async () => {
  const pitot = await start(2, 2);
  const delivered = pitot.deliver(recording.requests);
  await pitot.roll(1, 0);
  await delivered;
  const samples = await settled(pitot, truth);
  expect(summed(samples)).toEqual(truth);
  expect(levelsOnSeveralPods(samples)).toEqual([]);
  expect(pitot.refused).toBe(0);
}, 120_000);

test('while an owner is away and its queue is full, clients send again, and nothing is lost', async () => {
  const pitot = await start(3, 2, { queueSize: 300 });
  await pitot.kill(1);
  const delivered = pitot.deliver(recording.requests);
  while (pitot.refused === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await pitot.start(1);
  await delivered;
  expect(summed(await settled(pitot, truth))).toEqual(truth);
}, 120_000);

test('totals stay exact when a process is added and removed at known times', async () => {
  const pitot = await start(4, 3);
  const three = pitot.hostnames;
  const rings = [{ hostnames: three, until: endOf(1) }];
  await pitot.deliver(parts[0]!);
  await pitot.create(1);
  pitot.configure(rings);
  await pitot.start(3);
  // Some routers know the new ring, and others do not.
  const added = pitot.deliver(parts[1]!);
  await pitot.roll(2, 1, 0);
  await added;
  await pitot.deliver(parts[2]!);
  // Routers answer before the owner has the data. The ring depends on ports, so that the new process may own few counters, or none.
  await expect.poll(async () => (await pitot.samples(3)).length, { timeout: 30_000 }).toBeGreaterThan(0);

  rings.push({ hostnames: pitot.hostnames, until: endOf(3) });
  pitot.configure(rings, three);
  const removed = pitot.deliver(parts[3]!);
  await pitot.roll(3, 2, 1, 0);
  await removed;
  await pitot.deliver(parts[4]!);
  const samples = await settled(pitot, truth);
  expect(summed(samples)).toEqual(truth);
  expect(levelsOnSeveralPods(samples)).toEqual([]);

  // All streams have ended. What arrives again counts nowhere.
  const last = await pitot.samples(3);
  pitot.configure([], three);
  await pitot.stop(3);
  await pitot.roll(2, 1, 0);
  await pitot.deliver([...parts[2]!, ...parts[3]!]);
  const rest = await pitot.samples();
  expect(summed([...last, ...rest])).toEqual(truth);
  expect(pitot.refused).toBe(0);
}, 240_000);

import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { timeRange } from '../support/fresh-times.ts';
import { Prometheus } from '../support/prometheus.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { ShardedPitot } from '../support/sharded-pitot.ts';
import { settled, summed, totalsOfOne } from '../support/sharded-totals.ts';

const recording = readRecording('airflow-3.3');
const size = Math.ceil(recording.requests.length / 5);
const parts = [0, 1, 2, 3, 4].map((number) => recording.requests.slice(number * size, (number + 1) * size));

/** Time after which no stream of a part starts, or of one before it; RFC 3339. */
function endOf(number: number): string {
  const requests = parts.slice(0, number + 1).flat();
  return new Date(Number(timeRange(requests.map(({ body }) => body)).last / 1_000_000n) + 1).toISOString();
}

test('increase() over all pods equals Airflow’s database while pods are killed, added, updated, and removed', async () => {
  const truth = await totalsOfOne(recording);
  const pitot = new ShardedPitot(seededRandom(7), { zeroFirst: true });
  await pitot.create(3);
  const three = pitot.hostnames;
  await pitot.create(1);
  const four = pitot.hostnames;
  const jobs = pitot.pods.map(({ ports }, pod) => ({ name: `pod-${pod}`, port: ports.metrics }));
  const prometheus = await Prometheus.start({ jobs, interval: '1s' });
  /** Increase of each series on each pod, at the time of its last scrape: Prometheus does not extrapolate there. */
  const increases = async (pods: readonly number[]) => {
    const samples = [];
    for (const pod of pods) {
      const time = await prometheus.untilScraped(`pod-${pod}`, 4);
      samples.push(...(await prometheus.query(`increase(airflow_ti_finish_total{page="pod-${pod}"}[1h])`, time)));
    }
    return samples.map(({ metric, value }) => ({
      name: 'airflow_ti_finish_total',
      labels: metric,
      value: Number(value![1]),
    }));
  };
  try {
    pitot.configure([], three);
    await pitot.start(0, 1, 2);
    // A process is lost for some time.
    const first = pitot.deliver(parts[0]!);
    await pitot.kill(1);
    await pitot.start(1);
    await first;
    // A fourth one is added.
    const rings = [{ hostnames: three, until: endOf(1) }];
    pitot.configure(rings, four);
    await pitot.start(3);
    const second = pitot.deliver(parts[1]!);
    await pitot.roll(2, 1, 0);
    await second;
    await pitot.deliver(parts[2]!);
    // It is removed again.
    rings.push({ hostnames: four, until: endOf(3) });
    pitot.configure(rings, three);
    const third = pitot.deliver(parts[3]!);
    await pitot.roll(3, 2, 1, 0);
    await third;
    await pitot.deliver(parts[4]!);
    await settled(pitot, truth);
    const removed = await increases([3]);
    expect(removed.some(({ value }) => value > 0)).toBe(true);
    pitot.configure([], three);
    await pitot.stop(3);
    await pitot.roll(2, 1, 0);
    const remaining = await increases([0, 1, 2]);
    expect(servedTries([...removed, ...remaining], recording)).toEqual(recording.tries);
    expect(summed(await pitot.samples()).size).toBeGreaterThan(0);
    expect(prometheus.complaints()).toEqual([]);
  } finally {
    await prometheus.stop();
    await pitot.stopAll();
  }
});

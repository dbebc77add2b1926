/**
 * Measures how long clients are without an accepted request while all pods restart in turn, with 1, 2, and 3 pods.
 *
 * usage: npm run bench:rolling-update
 */
import { readRecording } from '../../test/support/recording.ts';
import { ShardedPitot } from '../../test/support/sharded-pitot.ts';
import { seededRandom } from '../load/random.ts';

const { requests } = readRecording('airflow-3.3');

/** Sends one request after the other until the update is complete. Returns the times at which they were accepted, ms. */
async function acceptedDuring(pitot: ShardedPitot, update: Promise<void>): Promise<number[]> {
  let isUpdating = true;
  void update.then(() => {
    isUpdating = false;
  });
  const times = [performance.now()];
  for (let next = 0; isUpdating; next++) {
    await pitot.deliver([requests[next % requests.length]!], 1);
    times.push(performance.now());
  }
  return times;
}

console.log(
  '| Pods | Update | Requests accepted during the update | Refused | Longest time between two accepted requests |',
);
console.log('|---|---|---|---|---|');
for (const count of [1, 2, 3]) {
  const pitot = new ShardedPitot(seededRandom(count), { clients: 'http' });
  await pitot.create(count);
  pitot.configure([]);
  await pitot.start(...pitot.pods.keys());
  await pitot.deliver(requests.slice(0, 20));
  const begin = performance.now();
  const update = pitot.roll(...[...pitot.pods.keys()].reverse());
  const times = await acceptedDuring(pitot, update);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  console.log(
    `| ${count} | ${seconds} s | ${times.length - 1} | ${pitot.refused} | ${Math.round(Math.max(...gaps))} ms |`,
  );
  await pitot.stopAll();
}

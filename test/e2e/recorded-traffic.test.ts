import { beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-client.ts';
import { readRecording, recordingNames, servedTries } from '../support/recording.ts';
import { gzipped, shuffled, singlePoints } from '../support/request-shapes.ts';
import { countedSeries, readTextExposition } from '../support/text-exposition.ts';

/*
 * Sends both recordings to the real process. Totals must equal Airflow's database for any form and order of the points, and regardless of
 * restarts and reloads in the meantime.
 */

/** Totals after the requests arrived one by one, as recorded. */
const counted = new Map<string, ReadonlyMap<string, number>>();

beforeAll(async () => {
  for (const name of recordingNames) {
    const bridge = await Bridge.start({ prometheus: { accumulation } });
    await deliver(bridge.ports.http, readRecording(name).requests);
    counted.set(name, countedSeries(readTextExposition((await bridge.scrape()).body)));
    await bridge.stop();
  }
});

test.each(recordingNames)(
  '%s: totals are the same for shuffled and repeated single points with gzip over 8 connections',
  async (name) => {
    const recording = readRecording(name);
    const bridge = await Bridge.start({ prometheus: { accumulation } });
    try {
      const points = recording.requests.flatMap(singlePoints).map(gzipped);
      const requests = shuffled([...points, ...points], seededRandom(points.length));
      await deliver(bridge.ports.http, requests, { connections: 8 });
      const samples = readTextExposition((await bridge.scrape()).body);
      expect(servedTries(samples, recording)).toEqual(recording.tries);
      expect(countedSeries(samples)).toEqual(counted.get(name));
    } finally {
      await bridge.stop();
    }
  },
);

test.each([
  { name: 'airflow-3.2', isAckDurable: true },
  { name: 'airflow-3.3', isAckDurable: true },
  { name: 'airflow-3.3', isAckDurable: false },
] as const)(
  '$name: loses no acknowledged data over reloads and restarts under load with durable_ack $isAckDurable',
  async (each) => {
    const recording = readRecording(each.name);
    const settings = { ...accumulation, storage: 'file_storage', durable_ack: each.isAckDurable };
    const bridge = await Bridge.start({ prometheus: { accumulation: settings }, fileStorage: {} });
    try {
      // Each point is sent once, because a repetition would hide a loss.
      const points = recording.requests.flatMap(singlePoints);
      const requests = shuffled(points, seededRandom(points.length));
      let sent = 0;
      /** Delivers another sixth of the requests during an event of the process. */
      const meanwhile = async (event: () => Promise<unknown>) => {
        const next = requests.slice(sent, sent + Math.ceil(requests.length / 6));
        sent += next.length;
        await Promise.all([deliver(bridge.ports.http, next, { connections: 8 }), event()]);
      };
      const restart = async (signal: NodeJS.Signals) => {
        await bridge.stop(signal);
        bridge.launch();
        await bridge.untilListening();
      };
      await meanwhile(() => bridge.reload());
      await meanwhile(() => restart('SIGTERM'));
      const changed = { accumulation: settings, send_timestamps: true };
      await meanwhile(() => bridge.reload({ prometheus: changed, fileStorage: {} }));
      await meanwhile(() => restart(each.isAckDurable ? 'SIGKILL' : 'SIGTERM'));
      await meanwhile(() => bridge.reload({ prometheus: changed, fileStorage: {}, processors: { batch: {} } }));
      await meanwhile(() => restart('SIGTERM'));
      expect(sent).toBe(requests.length);
      const samples = async () => readTextExposition((await bridge.scrape()).body);
      // Data in a batch is acknowledged before it reaches the exporter.
      await expect.poll(async () => countedSeries(await samples()), { timeout: 5_000 }).toEqual(counted.get(each.name));
      expect(servedTries(await samples(), recording)).toEqual(recording.tries);
    } finally {
      await bridge.stop();
    }
  },
);

test('totals in memory survive a reload that changes another component', async () => {
  const recording = readRecording('airflow-3.3');
  const [first, second] = [recording.requests.slice(0, 200), recording.requests.slice(200)];
  const bridge = await Bridge.start({ prometheus: { accumulation } });
  try {
    await deliver(bridge.ports.http, first);
    await bridge.reload({
      prometheus: { accumulation },
      processors: { memory_limiter: { check_interval: '1s', limit_mib: 2000 } },
    });
    await deliver(bridge.ports.http, second);
    expect(servedTries(readTextExposition((await bridge.scrape()).body), recording)).toEqual(recording.tries);
  } finally {
    await bridge.stop();
  }
});

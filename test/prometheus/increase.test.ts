import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { accumulation, Bridge } from '../support/bridge.ts';
import { Prometheus } from '../support/prometheus.ts';
import { readRecording, recordingNames, servedTries } from '../support/recording.ts';
import { replayNow } from '../support/replay-now.ts';

/** Duration of a replay in seconds. The times of the points are scaled in the same way, so that each arrives at its time. */
const replaySeconds = 40;

test.each([
  { how: 'over protobuf', kills: 0, flags: ['--enable-feature=native-histograms'] },
  { how: 'over text, with 6 kills', kills: 6, flags: [] },
])('increase() in a real Prometheus equals Airflow’s database $how', async ({ how, kills, flags }) => {
  const recordings = recordingNames.map(readRecording);
  const settings = { ...accumulation, zero_first: true };
  const options = kills
    ? { prometheus: { accumulation: { ...settings, storage: 'file_storage' } }, fileStorage: {} }
    : { prometheus: { accumulation: settings } };
  const bridges = await Promise.all(recordings.map(() => Bridge.start(options)));
  const jobs = bridges.map(({ ports }, i) => ({ name: recordings[i]!.name, port: ports.page }));
  const prometheus = await Prometheus.start({ jobs, interval: '1s', flags });
  try {
    await Promise.all([
      ...recordings.map((recording, i) => replayNow(recording, bridges[i]!.ports.http, replaySeconds)),
      ...bridges.map((bridge) => killEvenly(bridge, kills)),
    ]);
    for (const recording of recordings) {
      const { name, tries } = recording;
      // One scrape can be in progress, one reports new counters as 0, and one reports their values.
      const last = await prometheus.untilScraped(name, 4);
      if (kills === 0) {
        const [up] = await prometheus.query(`min_over_time(up{page="${name}"}[1h])`, last);
        expect(up?.value?.[1]).toBe('1');
      }
      // At the time of a scrape, Prometheus does not extrapolate, so the increase of a counter that began at 0 is exact.
      const expression = `sum by (dag_id, task_id, state) (increase(airflow_ti_finish_total{page="${name}"}[1h]))`;
      const samples = (await prometheus.query(expression, last)).map(({ metric, value }) => ({
        name: 'airflow_ti_finish_total',
        labels: metric,
        value: Number(value![1]),
      }));
      expect(servedTries(samples, recording)).toEqual(tries);
      if (flags.length > 0) await expectWholeIncreases(prometheus, name, last);
      const total = [...tries.values()].reduce((sum, each) => sum + each, 0);
      process.stdout.write(
        `increase: ${name}, ${how}: ${tries.size} of ${tries.size} equal the database, ${total} tries\n`,
      );
    }
    expect(prometheus.complaints()).toEqual([]);
  } finally {
    await prometheus.stop();
    for (const bridge of bridges) await bridge.stop();
  }
});

/** Expects that native histograms increase from 0 to their count without a reset. */
async function expectWholeIncreases(prometheus: Prometheus, page: string, time: number): Promise<void> {
  const samples = await prometheus.query(`{page="${page}", __name__!~"up|scrape_.*"}`, time);
  const names = samples.flatMap(({ metric, histogram }) => (histogram ? [metric.__name__] : []));
  for (const name of new Set(names)) {
    const series = `${name}{page="${page}"}`;
    // Prometheus assumes that a histogram began half an interval before its first sample.
    const surplus = `1 + 0.5 / (count_over_time(${series}[1h]) - 1)`;
    const missing = `histogram_count(${series}) - histogram_count(increase(${series}[1h])) / (${surplus})`;
    const answers = await prometheus.query(missing, time);
    expect(answers).toHaveLength(names.filter((each) => each === name).length);
    for (const { value } of answers) expect(Number(value?.[1])).toBeCloseTo(0, 6);
  }
  expect(names.length).toBe(page === 'airflow-3.3' ? 67 : 0);
}

/** Kills and restarts a process several times at equal intervals during a replay. */
async function killEvenly(bridge: Bridge, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await after((replaySeconds * 1000) / (kills + 1));
    await bridge.stop('SIGKILL');
    bridge.launch();
    await bridge.untilListening();
  }
}

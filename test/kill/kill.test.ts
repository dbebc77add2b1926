import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge, type BridgeOptions } from '../support/bridge.ts';
import { type Delivered, deliver } from '../support/otlp-client.ts';
import { type Recording, readRecording, servedTries } from '../support/recording.ts';
import { countedSeries, readTextExposition } from '../support/text-exposition.ts';
import { Disturbances } from './disturbances.ts';
import { ScrapeWatcher } from './scrape-watcher.ts';
import { Turnstile } from './turnstile.ts';

/*
 * Kills a real process with totals on disk repeatedly with SIGKILL, at random times during its start, its work, a reload that replaces the
 * exporter, and its shutdown, while clients deliver a recording like OTLP exporters and a scraper reads `/metrics` continuously. KILL_SEED repeats the times of a run.
 */

const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));

interface Run {
  readonly recording: Recording;
  readonly kills: number;
  readonly connections: number;
  /** The bridge's, if some kills are to hit a reload or a shutdown. */
  readonly options?: BridgeOptions;
  /** Maximum time before the process is killed, ms. */
  readonly workMs: number;
  /** Events during the run of a process before it is killed. */
  readonly disturbances?: Disturbances;
}

test.each([
  { name: 'airflow-3.3', kills: 50, connections: 4, zeroFirst: true },
  { name: 'airflow-3.2', kills: 20, connections: 1, zeroFirst: false },
] as const)('loses nothing and counts nothing twice over $kills kills while $name arrives', async (each) => {
  const recording = readRecording(each.name);
  const settings = { ...accumulation, zero_first: each.zeroFirst };
  const undisturbed = await Bridge.start({ prometheus: { accumulation: settings } });
  const options = {
    prometheus: { accumulation: { ...settings, storage: 'file_storage', durable_ack: true } },
    fileStorage: {},
  };
  const bridge = await Bridge.create(options);
  const watcher = new ScrapeWatcher(bridge.ports.page);
  try {
    const { cutOff } = await killed(bridge, { ...each, recording, options, workMs: 60 });
    await deliver(undisturbed.ports.http, recording.requests);
    // The first scrape reports new counters as 0.
    for (const one of [bridge, undisturbed]) await one.scrape();
    const samples = readTextExposition((await bridge.scrape()).body);
    expect(servedTries(samples, recording)).toEqual(recording.tries);
    expect(countedSeries(samples)).toEqual(countedSeries(readTextExposition((await undisturbed.scrape()).body)));
    const pages = await watcher.stop();
    expect(watcher.falls).toEqual([]);
    expect(cutOff).toBeGreaterThan(0);
    process.stdout.write(
      `kill: ${each.name}: seed ${seed}, ${each.kills} kills, ${cutOff} requests cut off; ` +
        `${recording.tries.size} of ${recording.tries.size} totals equal the database; none of ${pages} scrapes fell\n`,
    );
  } finally {
    await watcher.stop();
    for (const one of [bridge, undisturbed]) await one.stop();
  }
});

test('loses nothing and counts nothing twice with reloads, unlinked files, full disks, and clock steps between the kills', async () => {
  const recording = readRecording('airflow-3.3');
  const kills = 16;
  const disturbances = new Disturbances(seededRandom(seed + 1));
  const undisturbed = await Bridge.start({ prometheus: { accumulation } });
  const bridge = await Bridge.create({
    prometheus: { accumulation: { ...accumulation, storage: 'file_storage', durable_ack: true } },
    fileStorage: {},
    stateDirectory: disturbances.directory,
    env: disturbances.env,
  });
  try {
    await killed(bridge, { recording, kills, connections: 4, workMs: 60, disturbances });
    await deliver(undisturbed.ports.http, recording.requests);
    const samples = readTextExposition((await bridge.scrape()).body);
    expect(servedTries(samples, recording)).toEqual(recording.tries);
    expect(countedSeries(samples)).toEqual(countedSeries(readTextExposition((await undisturbed.scrape()).body)));
    const counts = Object.entries(disturbances.counts).map(([what, count]) => `${count} ${what}`);
    process.stdout.write(`kill: seed ${seed}, ${kills} kills, ${counts.join(', ')}; all totals equal the database\n`);
  } finally {
    for (const one of [bridge, undisturbed]) await one.stop();
    disturbances.close();
  }
});

test('never reports a lower total than before, even if clients are answered before their data is on disk', async () => {
  const recording = readRecording('airflow-3.3');
  const kills = 20;
  const options = {
    prometheus: { accumulation: { ...accumulation, storage: 'file_storage', durable_ack: false } },
    // Long, so that most kills occur between receiving and writing.
    fileStorage: { commit_interval: '200ms' },
  };
  const bridge = await Bridge.create(options);
  const watcher = new ScrapeWatcher(bridge.ports.page);
  try {
    await killed(bridge, { recording, options, kills, connections: 1, workMs: 500 });
    const pages = await watcher.stop();
    expect(watcher.falls).toEqual([]);
    expect(pages).toBeGreaterThan(kills / 2);
    process.stdout.write(`kill: seed ${seed}, ${kills} kills without durable_ack; none of ${pages} scrapes fell\n`);
  } finally {
    await watcher.stop();
    await bridge.stop();
  }
});

/** The reload replaces the exporter, which then reads its totals again. */
function withOtherSettings(options: BridgeOptions, number: number): BridgeOptions {
  return { ...options, prometheus: { ...options.prometheus, metric_expiration: `${10 + number}m` } };
}

/** Delivers the recording while the process is killed and restarted. In the end, all data is acknowledged and the process runs. */
async function killed(
  bridge: Bridge,
  { recording, options, kills, connections, workMs, disturbances }: Run,
): Promise<Delivered> {
  const random = seededRandom(seed);
  const turnstile = new Turnstile();
  let acknowledged = 0;
  const delivered = deliver(bridge.ports.http, recording.requests, {
    connections,
    passed: () => turnstile.pass(),
    acknowledged: () => {
      acknowledged += 1;
    },
  });
  // A failure is reported when the promise is awaited, after the kills.
  delivered.catch(() => undefined);
  bridge.launch();
  for (let kill = 1; kill <= kills; kill += 1) {
    const share = Math.ceil((recording.requests.length * kill) / kills);
    turnstile.open(share);
    // A fifth of the kills occur during the start, while the file is created or read. In half, the process handles requests first.
    const phase = random();
    if (phase >= 0.2) await bridge.untilListening();
    const before = acknowledged;
    while (phase >= 0.5 && acknowledged === before && acknowledged < share) await after(1);
    if (phase >= 0.2) await disturbances?.disturb(bridge);
    await after(random() * (phase >= 0.2 ? workMs : 600));
    const moment = options && phase >= 0.2 ? random() : 1;
    // A tenth of the kills occur during a reload, and a tenth during the shutdown, which can be faster than the kill.
    if (options && moment < 0.125) bridge.beginReload(withOtherSettings(options, kill));
    else if (moment < 0.25) bridge.pitot.process.kill('SIGTERM');
    if (moment < 0.25) await after(random() * 80);
    expect([null, ...(moment >= 0.125 && moment < 0.25 ? [0] : [])]).toContain(await bridge.stop('SIGKILL'));
    bridge.launch();
  }
  const counts = await delivered;
  await bridge.untilListening();
  return counts;
}

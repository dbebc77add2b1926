import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-sender.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { readTextPage, seriesKey, type TextSample } from '../support/text-page.ts';
import { PageWatcher } from './page-watcher.ts';
import { Turnstile } from './turnstile.ts';

/*
 * A real process with its totals on disk is killed with SIGKILL again and again, at random moments of its start and of its work,
 * while senders deliver a recording as OTLP exporters do and a scraper reads page after page. KILL_SEED repeats a run's moments.
 */

const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));

test.each([
  { name: 'airflow-3.3', kills: 50, connections: 4, zeroFirst: true },
  { name: 'airflow-3.2', kills: 25, connections: 1, zeroFirst: false },
] as const)(
  '$kills kills while $name arrives: nothing lost, nothing counted twice, no page that falls',
  async (run) => {
    process.stdout.write(`kill: ${run.name}: seed ${seed}\n`);
    const recording = readRecording(run.name);
    const random = seededRandom(seed);
    const settings = { ...accumulation, zero_first: run.zeroFirst };
    const undisturbed = await Bridge.start({ prometheus: { accumulation: settings } });
    const bridge = await Bridge.create({
      prometheus: { accumulation: { ...settings, storage: 'file_storage', durable_ack: true } },
      hasStorage: true,
    });
    const watcher = new PageWatcher(bridge.ports.page);
    try {
      const turnstile = new Turnstile();
      const delivered = deliver(bridge.ports.http, recording.requests, {
        connections: run.connections,
        passed: () => turnstile.pass(),
      });
      bridge.launch();
      for (let kill = 1; kill <= run.kills; kill += 1) {
        turnstile.open(Math.ceil((recording.requests.length * kill) / run.kills));
        // Most are killed at work, some while they start: the file is made, or read again, then.
        const isAtWork = random() < 0.8;
        if (isAtWork) await bridge.untilListening();
        await after(random() * (isAtWork ? 60 : 600));
        expect(await bridge.stop('SIGKILL')).toBeNull();
        bridge.launch();
      }
      const { cutOff } = await delivered;
      await bridge.untilListening();
      await deliver(undisturbed.ports.http, recording.requests);
      // One page carries what is new as 0.
      for (const each of [bridge, undisturbed]) await each.scrape();
      const samples = readTextPage((await bridge.scrape()).body);
      expect(servedTries(samples, recording)).toEqual(recording.tries);
      expect(counted(samples)).toEqual(counted(readTextPage((await undisturbed.scrape()).body)));
      const pages = await watcher.stop();
      expect(watcher.falls).toEqual([]);
      expect(cutOff).toBeGreaterThan(0);
      expect(pages).toBeGreaterThan(run.kills / 2);
      process.stdout.write(
        `kill: ${run.name}: ${run.kills} kills, ${cutOff} requests cut off, ${pages} pages read and none fell; ` +
          `${recording.tries.size} of ${recording.tries.size} totals equal the database\n`,
      );
    } finally {
      await watcher.stop();
      for (const each of [bridge, undisturbed]) await each.stop();
    }
  },
);

/** What is added up: counters and histograms by series. */
function counted(samples: readonly TextSample[]): Map<string, number> {
  const kept = samples.filter(({ type }) => type === 'counter' || type === 'histogram');
  return new Map(kept.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}

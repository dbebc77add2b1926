import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-sender.ts';
import { type RecordedRequest, readRecording, recordingNames, servedTries } from '../support/recording.ts';
import { gzipped, shuffled, singlePoints } from '../support/request-shapes.ts';
import { readTextPage } from '../support/text-page.ts';

/*
 * Both recordings over the real process: what is served must be what Airflow's database says, in whatever shape and order the
 * points arrive, and whatever happens to the process meanwhile (accumulation.md, "What shows that it works").
 */

interface Shape {
  readonly how: string;
  readonly connections: number;
  readonly of: (requests: readonly RecordedRequest[]) => readonly RecordedRequest[];
}

const shapes: readonly Shape[] = [
  { how: 'as they came', connections: 1, of: (requests) => requests },
  { how: 'with gzip over 8 connections', connections: 8, of: (requests) => requests.map(gzipped) },
  {
    how: 'shuffled, doubled, each point alone, with gzip over 8 connections',
    connections: 8,
    of: (requests) => {
      const points = requests.flatMap(singlePoints).map(gzipped);
      return shuffled([...points, ...points], seededRandom(points.length));
    },
  },
];

const cases = recordingNames.flatMap((name) => shapes.map((shape) => ({ name, ...shape })));

test.each(cases)('$name $how: totals equal the database', async ({ name, connections, of }) => {
  const recording = readRecording(name);
  const bridge = await Bridge.start({ prometheus: { accumulation } });
  try {
    await deliver(bridge.ports.http, of(recording.requests), { connections });
    expect(servedTries(readTextPage((await bridge.scrape()).body), recording)).toEqual(recording.tries);
  } finally {
    await bridge.stop();
  }
});

test.each(recordingNames)('%s: totals equal the database with reloads and restarts in between', async (name) => {
  const recording = readRecording(name);
  const settings = { ...accumulation, storage: 'file_storage' };
  const bridge = await Bridge.start({ prometheus: { accumulation: settings }, fileStorage: {} });
  try {
    const requests = shapes.at(-1)!.of(recording.requests);
    let sent = 0;
    /** Another sixth of the requests, while something happens to the process. */
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
    await meanwhile(() => restart('SIGKILL'));
    await meanwhile(() => bridge.reload({ prometheus: changed, fileStorage: {}, processors: { batch: {} } }));
    await meanwhile(() => restart('SIGTERM'));
    expect(sent).toBe(requests.length);
    await expect
      .poll(async () => servedTries(readTextPage((await bridge.scrape()).body), recording))
      .toEqual(recording.tries);
  } finally {
    await bridge.stop();
  }
});

test('totals in memory survive a reload that changes something else', async () => {
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
    expect(servedTries(readTextPage((await bridge.scrape()).body), recording)).toEqual(recording.tries);
  } finally {
    await bridge.stop();
  }
});

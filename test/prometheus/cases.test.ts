import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseRunner, readCases } from '../conformance/run-cases.ts';
import { postMetrics } from '../support/http.ts';
import { Prometheus } from '../support/prometheus.ts';

/*
 * The awkward data of the conformance cases, with their settings, and what the collector would lose or serve as a page that
 * Prometheus refuses (losses/): a real Prometheus must take every page.
 */

const cases = ['cases', 'losses'].flatMap((folder) =>
  readCases(folder).map((which) => ({ ...which, name: `${folder}/${which.name}` })),
);
let runner: CaseRunner;

beforeAll(async () => {
  runner = await CaseRunner.start(cases);
  for (const { name, requests } of cases) {
    for (const request of requests) await postMetrics(runner.ports.get(name)!.in, request);
  }
});

afterAll(() => runner?.stop());

test.each([
  { formats: 'text or OpenMetrics', flags: [] },
  { formats: 'protobuf', flags: ['--enable-feature=native-histograms'] },
])('Prometheus takes every page as $formats', async ({ flags }) => {
  const jobs = cases.map(({ name }) => ({ name, port: runner.ports.get(name)!.out }));
  const prometheus = await Prometheus.start({ jobs, interval: '10s', flags });
  try {
    const scraped = async () => (await prometheus.targets()).filter(({ health }) => health !== 'unknown');
    await expect.poll(async () => (await scraped()).length, { timeout: 60_000 }).toBe(cases.length);
    const targets = await prometheus.targets();
    expect(targets.filter(({ lastError }) => lastError !== '')).toEqual([]);
    // Some cases have `send_timestamps`, and the times of their points are long ago; nothing else may be left out.
    const tooOld = /Error on ingesting samples that are too old or are too far into the future/;
    expect(prometheus.complaints().filter((line) => !tooOld.test(line))).toEqual([]);
  } finally {
    await prometheus.stop();
  }
});

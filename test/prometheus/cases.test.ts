import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseRunner, readCases } from '../conformance/run-cases.ts';
import { postMetrics } from '../support/http.ts';
import { Prometheus } from '../support/prometheus.ts';

/*
 * A real Prometheus must accept the output of all conformance cases, including those that the Collector drops or for which Prometheus
 * rejects the Collector's output (losses/).
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
])('Prometheus accepts the output of all cases as $formats', async ({ flags }) => {
  const jobs = cases.map(({ name }) => ({ name, port: runner.ports.get(name)!.out }));
  const prometheus = await Prometheus.start({ jobs, interval: '10s', flags });
  try {
    const scraped = async () => (await prometheus.targets()).filter(({ health }) => health !== 'unknown');
    await expect.poll(async () => (await scraped()).length, { timeout: 60_000 }).toBe(cases.length);
    const targets = await prometheus.targets();
    expect(targets.filter(({ lastError }) => lastError !== '')).toEqual([]);
    // Some cases have `send_timestamps` and old points, which Prometheus drops. It must not drop others.
    const tooOld = /Error on ingesting samples that are too old or are too far into the future/;
    expect(prometheus.complaints().filter((line) => !tooOld.test(line))).toEqual([]);
  } finally {
    await prometheus.stop();
  }
});

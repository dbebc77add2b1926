import { beforeAll, describe, expect, test } from 'vitest';
import { seriesKey } from '../support/text-exposition.ts';
import { prometheusVersions } from './prometheus-versions.ts';
import { scrapesOf, target } from './recorded.ts';
import type { Scrape } from './replay/record-scrapes.ts';
import { ReplayedTsdb } from './replay/replayed-tsdb.ts';
import { airflowLabelsOf, readEmitted } from './truth.ts';

/** Two servers scrape one pitot, the second seven seconds after the first. */
const scrapes: Scrape[][] = [];
beforeAll(async () => {
  const second: Scrape[] = [];
  scrapes.push(await scrapesOf('airflow-3.3-live', 'text', { tailSeconds: 60, secondServer: second }), second);
});

const versions = prometheusVersions();
const servers = [
  { which: 'first', version: versions[0]! },
  { which: 'second', version: versions.at(-1)! },
].map((server, index) => ({ ...server, name: server.version.version, index }));

describe.each(servers)('the $which of two Prometheus servers ($name)', ({ version, index }) => {
  test('has every increase of the live recording', async () => {
    const jobs = [{ name: target.job, labels: target, scrapes: scrapes[index]! }];
    const tsdb = await ReplayedTsdb.start({ prometheus: version.prometheus, flags: [], format: 'text', jobs });
    try {
      const emitted = readEmitted('airflow-3.3-live');
      const increases = new Map<string, number>();
      for (const name of new Set(emitted.map((each) => each.name))) {
        // increase() without its extrapolation: the samples themselves.
        for (const { metric, value } of await tsdb.query(`max_over_time(${name}[40m]) - min_over_time(${name}[40m])`)) {
          const key = seriesKey(name, airflowLabelsOf(metric));
          increases.set(key, (increases.get(key) ?? 0) + Number(value![1]));
        }
      }
      const wrong = emitted
        .map((each) => ({ ...each, increase: increases.get(seriesKey(each.name, each.attributes)) }))
        .filter(({ delivered, increase }) => delivered !== increase);
      expect(emitted.length).toBeGreaterThan(150);
      expect(wrong).toEqual([]);
    } finally {
      await tsdb.stop();
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accumulation, Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-client.ts';
import { type ApiHistogram, type ApiSample, Prometheus } from '../support/prometheus.ts';
import { readRecording } from '../support/recording.ts';
import { ScrapeWitness } from '../support/scrape-witness.ts';
import { goFloat, readTextExposition, seriesKey, type TextSample } from '../support/text-exposition.ts';

/*
 * A real Prometheus scrapes pitot after real Airflow traffic, in each format that it supports. Tests then compare its data. Prometheus
 * reports scrape errors in its list of targets, and samples that it drops in its log.
 */

const formats = [
  { format: 'text', contentType: /^text\/plain; version=0\.0\.4/, settings: {}, flags: [] },
  {
    format: 'OpenMetrics',
    contentType: /^application\/openmetrics-text; version=1\.0\.0/,
    settings: { enable_open_metrics: true },
    flags: [],
  },
  {
    format: 'protobuf',
    contentType: /^application\/vnd\.google\.protobuf; proto=io\.prometheus\.client\.MetricFamily; encoding=delimited/,
    settings: { enable_open_metrics: true },
    flags: ['--enable-feature=native-histograms'],
  },
] as const;

const pages = [
  { page: 'last values of airflow-3.2', recording: 'airflow-3.2', adds: {} },
  { page: 'last values of airflow-3.3', recording: 'airflow-3.3', adds: {} },
  {
    page: 'totals of airflow-3.3',
    recording: 'airflow-3.3',
    adds: { accumulation, classic_buckets: [10, 100, 1_000, 10_000, 100_000] },
  },
] as const;

describe.each(formats)('Prometheus scrapes $format', ({ format, contentType, settings, flags }) => {
  const bridges: Bridge[] = [];
  const witnesses: ScrapeWitness[] = [];
  let prometheus: Prometheus;

  beforeAll(async () => {
    const started = pages.map(({ adds }) => Bridge.start({ prometheus: { ...settings, ...adds } }));
    bridges.push(...(await Promise.all(started)));
    for (const [i, { ports }] of bridges.entries()) {
      await deliver(ports.http, readRecording(pages[i]!.recording).requests);
      witnesses.push(await ScrapeWitness.start(ports.page));
    }
    const jobs = pages.map(({ page: name }, i) => ({ name, port: witnesses[i]!.port }));
    prometheus = await Prometheus.start({ jobs, interval: '2s', flags });
    for (const { name } of jobs) await prometheus.untilScraped(name, 2);
  });

  afterAll(async () => {
    await prometheus?.stop();
    for (const each of [...witnesses, ...bridges]) await each.stop();
  });

  test('negotiates the format with gzip', () => {
    expect(witnesses).toHaveLength(pages.length);
    for (const { last } of witnesses) {
      expect(last?.status).toBe(200);
      expect(last?.given['content-type']).toMatch(contentType);
      expect(last?.asked['accept-encoding']).toContain('gzip');
      expect(last?.given['content-encoding']).toBe('gzip');
    }
  });

  test('reports no error and drops no sample', async () => {
    const targets = await prometheus.targets();
    const well = pages.map(() => ({ health: 'up', lastError: '' }));
    expect(targets.map(({ health, lastError }) => ({ health, lastError }))).toEqual(well);
    const values = async (query: string) => (await prometheus.query(query)).map(({ value }) => value?.[1]);
    expect(await values('min_over_time(up[1m])')).toEqual(pages.map(() => '1'));
    const leftOut = 'scrape_samples_scraped - scrape_samples_post_metric_relabeling';
    expect(await values(leftOut)).toEqual(pages.map(() => '0'));
    expect(prometheus.complaints()).toEqual([]);
  });

  test.each(pages)('stores every series of $page with its value', async ({ page, recording, adds }) => {
    const index = pages.findIndex((each) => each.page === page);
    const target = { page, job: page, instance: `127.0.0.1:${witnesses[index]!.port}` };
    const { numbers, histograms } = bySeries(await prometheus.query(`{page="${page}", __name__!~"up|scrape_.*"}`));
    // A text format is the reference for all formats, including protobuf.
    const accept = format === 'OpenMetrics' ? 'application/openmetrics-text; version=1.0.0' : 'text/plain';
    const expected = asSeries(readTextExposition((await bridges[index]!.scrape({ accept })).body), target);
    if (format === 'protobuf' && recording === 'airflow-3.3') expect(histograms.length).toBeGreaterThan(50);
    else expect(histograms).toEqual([]);
    for (const { name, labels, histogram } of histograms) {
      const inBuckets = (histogram.buckets ?? []).reduce((total, [, , , count]) => total + Number(count), 0);
      expect(inBuckets).toBe(Number(histogram.count));
      // In text formats, a native histogram has a count, a sum, a +Inf bucket, and configured classic buckets.
      numbers.set(seriesKey(`${name}_count`, labels), goFloat(histogram.count));
      numbers.set(seriesKey(`${name}_sum`, labels), goFloat(histogram.sum));
      numbers.set(seriesKey(`${name}_bucket`, { ...labels, le: '+Inf' }), goFloat(histogram.count));
      for (const le of 'classic_buckets' in adds ? adds.classic_buckets : []) {
        expect(expected.delete(seriesKey(`${name}_bucket`, { ...labels, le: String(le) }))).toBe(true);
      }
    }
    expect(expected.size).toBeGreaterThan(150);
    expect(new Map([...numbers].sort())).toEqual(new Map([...expected].sort()));
  });
});

/** Converts samples as Prometheus does: removes empty labels, and adds job and instance of the target if they are missing. */
function asSeries(samples: readonly TextSample[], target: Readonly<Record<string, string>>): Map<string, number> {
  return new Map(
    samples.map(({ name, labels, value }) => {
      const kept = Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== ''));
      return [seriesKey(name, { ...target, ...kept }), value];
    }),
  );
}

function bySeries(samples: readonly ApiSample[]) {
  const numbers = new Map<string, number>();
  const histograms: { name: string; labels: Record<string, string>; histogram: ApiHistogram }[] = [];
  for (const { metric, value, histogram } of samples) {
    const { __name__: name = '', ...labels } = metric;
    if (histogram) histograms.push({ name, labels, histogram: histogram[1] });
    else numbers.set(seriesKey(name, labels), goFloat(value![1]));
  }
  return { numbers, histograms };
}

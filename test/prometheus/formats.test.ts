import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-sender.ts';
import { type ApiSample, Prometheus } from '../support/prometheus.ts';
import { readRecording, recordingNames } from '../support/recording.ts';
import { ScrapeWitness } from '../support/scrape-witness.ts';
import { goFloat, readTextPage, seriesKey, type TextSample } from '../support/text-page.ts';

/*
 * A real Prometheus scrapes what real Airflow traffic left, once for each format that it can ask for, and is asked what it
 * understood. What Prometheus calls an error of a scrape is in its list of targets; what it leaves out silently, in its log.
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

describe.each(formats)('Prometheus scrapes $format', ({ format, contentType, settings, flags }) => {
  const bridges: Bridge[] = [];
  const witnesses: ScrapeWitness[] = [];
  let prometheus: Prometheus;

  beforeAll(async () => {
    bridges.push(...(await Promise.all(recordingNames.map(() => Bridge.start({ prometheus: settings })))));
    for (const [i, { ports }] of bridges.entries()) {
      await deliver(ports.http, readRecording(recordingNames[i]!).requests);
      witnesses.push(await ScrapeWitness.start(ports.page));
    }
    const jobs = recordingNames.map((name, i) => ({ name, port: witnesses[i]!.port }));
    prometheus = await Prometheus.start({ jobs, interval: '500ms', flags });
    for (const name of recordingNames) await prometheus.untilScraped(name, 2);
  });

  afterAll(async () => {
    await prometheus?.stop();
    for (const each of [...witnesses, ...bridges]) await each.stop();
  });

  test('asks for it, and is given it with gzip', () => {
    for (const { last } of witnesses.values()) {
      expect(last?.status).toBe(200);
      expect(last?.given['content-type']).toMatch(contentType);
      expect(last?.asked['accept-encoding']).toContain('gzip');
      expect(last?.given['content-encoding']).toBe('gzip');
    }
  });

  test('without an error or a sample left out', async () => {
    const targets = await prometheus.targets();
    expect(targets.map(({ health, lastError }) => ({ health, lastError }))).toEqual(
      recordingNames.map(() => ({ health: 'up', lastError: '' })),
    );
    for (const { value } of await prometheus.query('min_over_time(up[1m])')) expect(value?.[1]).toBe('1');
    for (const { value } of await prometheus.query('scrape_samples_scraped - scrape_samples_post_metric_relabeling')) {
      expect(value?.[1]).toBe('0');
    }
    expect(prometheus.complaints()).toEqual([]);
  });

  test.each(recordingNames)('and has every series of the page with its value (%s)', async (name) => {
    const index = recordingNames.indexOf(name);
    const target = { page: name, job: name, instance: `127.0.0.1:${witnesses[index]!.port}` };
    // A page that can be read with the eye is the reference for the one that can't.
    const accept = format === 'OpenMetrics' ? 'application/openmetrics-text; version=1.0.0' : 'text/plain';
    const page = await bridges[index]!.scrape({ accept });
    const expected = asSeries(readTextPage(page.body), target);
    const { numbers, histograms } = bySeries(await prometheus.query(`{page="${name}", __name__!~"up|scrape_.*"}`));
    if (format === 'protobuf' && name === 'airflow-3.3') expect(histograms.size).toBeGreaterThan(50);
    else expect(histograms.size).toBe(0);
    for (const { metric, histogram } of histograms.values()) {
      // In text an exponential histogram is its count, its sum and the bucket of everything.
      const { __name__: base = '', ...labels } = metric;
      const parts = { _count: histogram![1].count, _sum: histogram![1].sum };
      const inBuckets = (histogram![1].buckets ?? []).reduce((total, [, , , count]) => total + Number(count), 0);
      expect(inBuckets).toBe(Number(histogram![1].count));
      for (const [suffix, value] of Object.entries(parts))
        numbers.set(seriesKey(base + suffix, labels), goFloat(value));
      numbers.set(seriesKey(`${base}_bucket`, { ...labels, le: '+Inf' }), goFloat(histogram![1].count));
    }
    expect(expected.size).toBeGreaterThan(150);
    expect(new Map([...numbers].sort())).toEqual(new Map([...expected].sort()));
  });
});

/** What Prometheus makes of samples: an empty label is none, and where the page has no job or instance it puts the target's. */
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
  const histograms = new Map<string, ApiSample>();
  for (const sample of samples) {
    const { __name__: name = '', ...labels } = sample.metric;
    if (sample.histogram) histograms.set(seriesKey(name, labels), sample);
    else numbers.set(seriesKey(name, labels), goFloat(sample.value![1]));
  }
  return { numbers, histograms };
}

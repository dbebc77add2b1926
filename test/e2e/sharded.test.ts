import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { seededRandom } from '../../bench/load/random.ts';
import { accumulation, Bridge, scraperHeaders } from '../support/bridge.ts';
import { timeRange } from '../support/fresh-times.ts';
import { ask } from '../support/http.ts';
import { deliver } from '../support/otlp-client.ts';
import { configFile, freePorts, startPitot, untilListening } from '../support/pitot.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { ShardedPitot } from '../support/sharded-pitot.ts';
import { countedSeries, readTextExposition, seriesKey, type TextSample } from '../support/text-exposition.ts';

/*
 * Three real processes share the series of a recording. Clients choose a process at random for each request, while processes are killed,
 * restarted, and added. All totals together must equal those of a single process, which equal Airflow's database.
 */

const recording = readRecording('airflow-3.3');
const half = Math.floor(recording.requests.length / 2);
const [before, later] = [recording.requests.slice(0, half), recording.requests.slice(half)];
/** Totals of a single process. */
let truth: ReadonlyMap<string, number>;

beforeAll(async () => {
  const bridge = await Bridge.start({ prometheus: { accumulation } });
  await deliver(bridge.ports.http, recording.requests);
  truth = rounded(countedSeries(readTextExposition((await bridge.scrape()).body)));
  await bridge.stop();
});

let sharded: ShardedPitot | undefined;
afterEach(() => sharded?.stopAll());

async function start(seed: number): Promise<ShardedPitot> {
  sharded = new ShardedPitot(seededRandom(seed));
  await sharded.create(3);
  sharded.configure([]);
  await sharded.start(0, 1, 2);
  return sharded;
}

/** `sum without (pod) (…)` of counters and histograms. */
function summed(samples: readonly TextSample[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, type, labels, value } of samples) {
    if (type !== 'counter' && type !== 'histogram') continue;
    const key = seriesKey(name, labels);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return rounded(sums);
}

/** Sums of histograms are fractions, and depend on the order of additions in their last digits. */
function rounded(sums: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...sums].map(([key, value]) => [key, Math.round(value * 1e6) / 1e6]));
}

/** Returns the samples when they equal the truth, or when they no longer change. */
async function settled(pitot: ShardedPitot): Promise<TextSample[]> {
  const end = Date.now() + 30_000;
  for (;;) {
    const samples = await pitot.samples();
    const sums = summed(samples);
    if ([...truth].every(([key, value]) => sums.get(key) === value) || Date.now() > end) return samples;
    await after(100);
  }
}

/** The configuration of the chart (test/helm/values/sharded.yaml), for two pods on this machine. */
async function chartConfigurations() {
  const rendered = readFileSync(join(import.meta.dirname, '../helm/golden/pitot-sharded.yaml'), 'utf8');
  const manifests = parseAllDocuments(rendered).map((document) => document.toJS());
  const { relay } = manifests.find((manifest) => manifest?.kind === 'ConfigMap').data as { relay: string };
  const ports = await freePorts(12);
  const pods = [0, 1].map((pod) => {
    const [grpc, http, owner, metrics, own, health] = ports.slice(pod * 6) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return { name: `otel-collector-opentelemetry-collector-${pod}`, grpc, http, owner, metrics, own, health };
  });
  return pods.map((pod) => {
    let config = relay.replaceAll('${env:OTEL_K8S_POD_NAME}.', `${pod.name}.`);
    for (const { name, owner } of pods) {
      config = config.replaceAll(new RegExp(`${name}\\.[^ ]*:14317`, 'g'), `127.0.0.1:${owner}`);
    }
    const numbers = { 14317: pod.owner, 4317: pod.grpc, 4318: pod.http, 8889: pod.metrics, 13133: pod.health };
    for (const [number, port] of Object.entries(numbers)) config = config.replaceAll(`:${number}`, `:${port}`);
    config = config.replace('port: 8888', `port: ${pod.own}`);
    config = config.replace('/var/lib/pitot', mkdtempSync(join(tmpdir(), 'pitot-chart-')));
    return { ...pod, config: configFile(config.replace('zero_first: true', 'zero_first: false')) };
  });
}

const rfc3339 = (unixNano: bigint) => new Date(Number(unixNano / 1_000_000n)).toISOString();

test('each series has one owner, and a killed process loses nothing that was acknowledged', async () => {
  const pitot = await start(1);
  const delivered = pitot.deliver(recording.requests);
  await pitot.kill(1);
  await pitot.start(1);
  await delivered;
  const samples = await settled(pitot);
  expect(summed(samples)).toEqual(truth);
  expect(servedTries(samples, recording)).toEqual(recording.tries);
  const series = samples
    .filter(({ name }) => name !== 'target_info')
    .map(({ name, labels }) => seriesKey(name, labels));
  expect(new Set(series).size).toBe(series.length);
}, 120_000);

test('a rolling restart loses nothing and refuses nothing', async () => {
  const pitot = await start(2);
  const delivered = pitot.deliver(recording.requests);
  for (const pod of [2, 1]) {
    await pitot.stop(pod);
    await pitot.start(pod);
  }
  await delivered;
  expect(summed(await settled(pitot))).toEqual(truth);
  expect(pitot.refused).toBe(0);
}, 120_000);

test('totals stay exact when a process is added at a known time', async () => {
  const pitot = await start(3);
  const three = pitot.hostnames;
  await pitot.deliver(before);
  const { last: changed } = timeRange(before.map(({ body }) => body));
  const previous = [{ hostnames: three, until: rfc3339(changed) }];
  await pitot.create(1);
  pitot.configure(previous);
  await pitot.start(3);
  // All restart with the new ring, one after the other, while clients send.
  const delivered = pitot.deliver(before.slice(0, 20));
  for (const pod of [2, 1, 0]) {
    await pitot.stop(pod);
    await pitot.start(pod);
  }
  await delivered;
  await pitot.deliver(later);
  expect(summed(await settled(pitot))).toEqual(truth);
  expect(summed(await pitot.samples(3)).size).toBeGreaterThan(0);
}, 180_000);

test('the configuration that the chart renders shares the series between two pods', async () => {
  const pods = await chartConfigurations();
  const env = { MY_POD_IP: '127.0.0.1', OTEL_K8S_NODE_NAME: 'n', OTEL_K8S_NODE_IP: '10.0.0.1' };
  const more = { OTEL_K8S_NAMESPACE: 're', OTEL_K8S_POD_IP: '10.0.0.2', OTEL_K8S_POD_NAME: 'otel-0' };
  const running = pods.map(({ config }) => startPitot([`--config=${config}`], { ...env, ...more }));
  try {
    for (const [index, { http, owner, metrics }] of pods.entries()) {
      await untilListening(running[index]!, [http, owner, metrics]);
    }
    for (const [index, requests] of [before, later].entries()) await deliver(pods[index]!.http, requests);
    const scrape = async () => {
      const pages = pods.map(({ metrics }) => ask(metrics, { path: '/metrics', headers: scraperHeaders }));
      return (await Promise.all(pages)).map(({ body }) => readTextExposition(body));
    };
    let shares = await scrape();
    const end = Date.now() + 30_000;
    const isComplete = () => isDeepStrictEqual(servedTries(shares.flat(), recording), recording.tries);
    while (!isComplete() && Date.now() < end) shares = await scrape();
    for (const share of shares) expect(summed(share).size).toBeGreaterThan(0);
    expect(servedTries(shares.flat(), recording)).toEqual(recording.tries);
  } finally {
    await Promise.all(running.map((pitot) => pitot.stop('SIGKILL')));
  }
}, 120_000);

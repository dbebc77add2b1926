import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { remoteWriteConfig } from '#exporters/prometheus-remote-write/config.ts';
import { RemoteWriteExporter } from '#exporters/prometheus-remote-write/remote-write-exporter.ts';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../support/component-settings.ts';
import type { DecodedSeries } from '../../support/decode-remote-write.ts';
import { startWriteReceiver, type WriteReceiver } from '../../support/remote-write-receiver.ts';
import { type RemoteWriteCase, readRemoteWriteCases } from './cases.ts';
import { type MergedRequests, merged } from './merge-requests.ts';

/*
 * Compares what the exporter sends with what the Collector sent for the same data: fixtures/expected, which ask-collector.ts writes. If
 * pitot intentionally sends something else, fixtures/differences contains it, and divergences.yaml the reason.
 */

let receiver: WriteReceiver;
beforeAll(async () => {
  receiver = await startWriteReceiver();
});
afterAll(() => receiver.close());

/** Returns what pitot sends for a case. */
async function sent({ name, settings, requests }: RemoteWriteCase, version: '1.0' | '2.0'): Promise<MergedRequests> {
  const parsed = parseConfig(remoteWriteConfig, {
    ...settings,
    endpoint: `${receiver.url}/${version}/${name}`,
    remote_write_queue: { enabled: false },
    protobuf_message: version === '2.0' ? 'io.prometheus.write.v2.Request' : 'prometheus.WriteRequest',
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  expect(validateConfig(remoteWriteConfig, parsed.value)).toEqual([]);
  const exporter = new RemoteWriteExporter(parsed.value, testSettings());
  await exporter.start({ extension: () => undefined, fatal: () => undefined });
  const before = receiver.requests.length;
  const decoder = new MetricsDecoder();
  for (const request of requests) {
    const metrics = decoded(decoder, request);
    if (metrics !== undefined) await exporter.consume(metrics, noClientContext);
  }
  await exporter.shutdown(new AbortController().signal);
  return merged(receiver.requests.slice(before));
}

/** Undefined if the receiver would refuse the request. */
function decoded(decoder: MetricsDecoder, { body, contentType }: RemoteWriteCase['requests'][number]) {
  let metrics: Metrics | undefined;
  try {
    metrics = decoder.decode(contentType === 'application/json' ? metricsJsonToProtobuf(body) : body);
  } catch {
    // Some cases contain malformed requests.
  }
  return metrics;
}

function read(folder: string, name: string): Record<string, MergedRequests> {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', folder, `${name}.json`), 'utf8'));
}

/**
 * Returns the series without the two differences that affect many cases. The Collector drops a point whose attribute key has no valid label
 * name; pitot sends it with a label `key_…`. With Remote Write 2.0, the Collector omits the exemplars of classic histograms.
 */
function withoutListed(ours: readonly DecodedSeries[], collectors: readonly DecodedSeries[]): DecodedSeries[] {
  const theirs = new Map(collectors.map((one) => [one.labels, one]));
  return ours
    .filter(({ labels }) => theirs.has(labels) || !/(?:^|,)key_(?:0)?=/.test(labels))
    .map((one) => (one.metadata && theirs.get(one.labels)?.exemplars.length === 0 ? { ...one, exemplars: [] } : one));
}

describe.each(readRemoteWriteCases().map((one) => [one.name, one] as const))('%s', (name, one) => {
  const collectors = read('expected', name);
  const differences = existsSync(join(import.meta.dirname, 'fixtures/differences', `${name}.json`));
  it.each(one.versions)('sends what the Collector sends with Remote Write %s', async (version) => {
    const ours = await sent(one, version);
    const expected = collectors[version]!;
    const comparable = { ...ours, series: withoutListed(ours.series, expected.series) };
    if (!differences) {
      expect(comparable).toEqual(expected);
      return;
    }
    // A difference that no longer occurs must not stay listed.
    expect(comparable).not.toEqual(expected);
    expect(ours).toEqual(read('differences', name)[version]);
  });
});

it('sends the exemplars of classic histograms with Remote Write 2.0', async () => {
  const one = readRemoteWriteCases().find(({ name }) => name === 'exemplars-of-histograms')!;
  const [v1, v2] = [await sent(one, '1.0'), await sent(one, '2.0')];
  const exemplars = ({ series }: MergedRequests) =>
    series.map(({ labels, exemplars: ofSeries }) => `${labels} ${ofSeries.join(' ')}`);
  expect(exemplars(v2)).toEqual(exemplars(v1));
  expect(v2.series.flatMap((series) => series.exemplars)).toHaveLength(6);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig } from '#config/schema.ts';
import { otlpGrpcExporterConfig } from '#exporters/otlp-grpc/config.ts';
import { OtlpGrpcExporter } from '#exporters/otlp-grpc/otlp-grpc-exporter.ts';
import { otlpHttpExporterConfig } from '#exporters/otlp-http/config.ts';
import { OtlpHttpExporter } from '#exporters/otlp-http/otlp-http-exporter.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../support/component-settings.ts';
import answers from './answers.json' with { type: 'json' };
import { type Case, cases, settingsOf } from './cases.ts';
import { requestBody } from './request-body.ts';
import { startSink } from './sink.ts';

/*
 * The OTLP exporters send the same requests as the Collector 0.165, as often, and give up with the same text. The order of fields differs: the
 * Collector writes them backwards. record.ts wrote answers.json.
 */

interface Answer {
  readonly attempts: number;
  readonly requests: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly dropped: string | null;
}

let sink: Awaited<ReturnType<typeof startSink>>;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(() => sink.stop());

function exporter(name: string, one: Case) {
  const settings = testSettings(`otlp_${one.protocol}/${name}`);
  const raw = settingsOf(name, one, sink.ports);
  if (one.protocol === 'http') {
    const parsed = parseConfig(otlpHttpExporterConfig, raw);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return { settings, made: new OtlpHttpExporter('metrics', parsed.value, settings) };
  }
  const parsed = parseConfig(otlpGrpcExporterConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return { settings, made: new OtlpGrpcExporter('metrics', parsed.value, settings) };
}

test('every case has an answer of the Collector', () => {
  expect(Object.keys(answers).sort()).toEqual(Object.keys(cases).sort());
  expect(Object.keys(cases).length).toBeGreaterThanOrEqual(40);
});

test.each(Object.entries(cases))('%s', async (name, one) => {
  const expected = (answers as Record<string, Answer>)[name]!;
  const { settings, made } = exporter(name, one);
  await made.start({ extension: () => undefined, fatal: () => undefined });
  await made.consume(new MetricsDecoder().decode(requestBody()), noClientContext);
  const outcome = (kind: string) =>
    settings.measured(`otelcol_exporter_${kind}_metric_points`, { exporter: settings.id });
  await expect.poll(() => outcome('sent') ?? outcome('send_failed'), { timeout: 20_000 }).toBe(3);
  await made.shutdown(AbortSignal.timeout(1000));
  const { attempts, requests, headers } = sink.arrived.get(name)!;
  expect({ attempts, headers }).toEqual({ attempts: expected.attempts, headers: expected.headers });
  expect(decoded([...new Set(requests)])).toEqual(decoded(expected.requests));
  const [entry] = settings.logged.filter((text) => text.includes('Dropping data'));
  const dropped = entry && (JSON.parse(entry.slice(entry.indexOf('{'))) as { error: string }).error;
  expect(dropped?.replaceAll(`:${sink.ports.http}`, ':PORT') ?? null).toBe(expected.dropped);
});

/** Requests by content. */
function decoded(requests: readonly string[]): object[] {
  return requests.map((hex) => new MetricsDecoder().decode(Buffer.from(hex, 'hex')));
}

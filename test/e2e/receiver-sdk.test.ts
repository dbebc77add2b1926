import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

let pitot: RunningPitot;
let ports: { grpc: number; http: number; prometheus: number };

beforeAll(async () => {
  const [grpc, http, prometheus] = await freePorts(3);
  ports = { grpc: grpc!, http: http!, prometheus: prometheus! };
  const protocols = { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } };
  pitot = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols } },
      exporters: { prometheus: { endpoint: `127.0.0.1:${prometheus}` } },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [ports.grpc, ports.http, ports.prometheus]);
});

afterAll(async () => {
  await pitot?.stop();
});

const url = () => `http://127.0.0.1:${ports.http}/v1/metrics`;
const gzip = 'gzip' as never;

test.each<readonly [string, () => PushMetricExporter]>([
  ['proto', () => new ProtobufExporter({ url: url() })],
  ['proto_gzip', () => new ProtobufExporter({ url: url(), compression: gzip })],
  ['json', () => new JsonExporter({ url: url() })],
  ['json_gzip', () => new JsonExporter({ url: url(), compression: gzip })],
  ['grpc', () => new GrpcExporter({ url: `http://127.0.0.1:${ports.grpc}` })],
  ['grpc_gzip', () => new GrpcExporter({ url: `http://127.0.0.1:${ports.grpc}`, compression: gzip })],
])('exposes points of the OpenTelemetry SDK over %s', async (name, exporter) => {
  const reader = new PeriodicExportingMetricReader({ exporter: exporter(), exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('test');
  meter.createCounter(`${name}.counted`).add(3, { way: name });
  meter.createHistogram(`${name}.measured`).record(7);
  await provider.forceFlush();
  await provider.shutdown();
  const page = String((await ask(ports.prometheus, { path: '/metrics' })).body);
  expect(page).toMatch(new RegExp(`^${name}_counted_total\\{.*way="${name}".*\\} 3$`, 'm'));
  expect(page).toMatch(new RegExp(`^${name}_measured_count\\{.*\\} 1$`, 'm'));
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

let pitot: RunningPitot;
let [http, grpc, metrics, secret, own] = [0, 0, 0, 0, 0];

beforeAll(async () => {
  [http, grpc, metrics, secret, own] = (await freePorts(5)) as [number, number, number, number, number];
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  pitot = startPitot([
    `--config=${configFile({
      receivers: {
        otlp: {
          protocols: {
            http: { ...at(http), max_request_body_size: 2_097_152 },
            grpc: { ...at(grpc), max_recv_msg_size_mib: 1 },
          },
        },
        'otlp/secret': { protocols: { http: { ...at(secret), auth: { authenticator: 'bearertokenauth' } } } },
      },
      exporters: { prometheus: at(metrics) },
      extensions: { bearertokenauth: { token: 'secret' } },
      service: {
        extensions: ['bearertokenauth'],
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: own } } } }] } },
        pipelines: { metrics: { receivers: ['otlp', 'otlp/secret'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, grpc, metrics, secret, own]);
});
afterAll(() => pitot.stop());

const protobuf = { 'content-type': 'application/x-protobuf' };
const post = (port: number, path: string, headers: Record<string, string> = protobuf, body?: Buffer) =>
  ask(port, { method: 'POST', path, headers: { ...headers, 'content-length': String(body?.length ?? 0) }, body });

async function send(port: number, bytes: string): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.end(bytes);
  socket.resume();
  await once(socket, 'close');
}

async function handshake(port: number): Promise<void> {
  await once(
    connectTls({ port, host: '127.0.0.1' }).on('error', () => {}),
    'close',
  );
}

test.each<[string, () => Promise<unknown>, () => string]>([
  [
    'an endpoint with the path',
    () => post(http, '/v1/metrics/v1/metrics'),
    () => 'POST /v1/metrics/v1/metrics from 127.0.0.1 rejected: Nothing is received at the path',
  ],
  ['an endpoint without the path', () => post(http, '/'), () => `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://<host>:`],
  ['traces without a pipeline', () => post(http, '/v1/traces'), () => 'Add a pipeline for traces'],
  ['remote write', () => post(http, '/api/v1/write'), () => 'pitot does not receive Remote Write'],
  ['a browser', () => ask(http, { path: '/v1/metrics' }), () => 'GET /v1/metrics from 127.0.0.1 rejected'],
  [
    'curl without a media type',
    () => post(http, '/v1/metrics', { 'content-type': 'application/x-www-form-urlencoded' }),
    () => 'application/x-www-form-urlencoded is not OTLP. Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  ],
  [
    'an encoding',
    () => post(http, '/v1/metrics', { ...protobuf, 'content-encoding': 'br' }),
    () => 'The Content-Encoding br is not supported. Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip',
  ],
  [
    'a body that is not gzip',
    () => post(http, '/v1/metrics', { ...protobuf, 'content-encoding': 'gzip' }, Buffer.from('no')),
    () => 'A request body cannot be decompressed',
  ],
  ['no OTLP', () => post(http, '/v1/metrics', protobuf, Buffer.from([0xff])), () => 'not a valid OTLP message'],
  [
    'a large body',
    () => post(http, '/v1/metrics', protobuf, Buffer.alloc(3 * 1024 * 1024)),
    () => 'Raise receivers::otlp::protocols::http::max_request_body_size',
  ],
  [
    'a body that is large after decompression',
    () =>
      post(http, '/v1/metrics', { ...protobuf, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(3 * 1024 * 1024))),
    () => 'A request is larger than max_request_body_size',
  ],
  [
    'a large gRPC message',
    () => grpcCall(grpc, { body: grpcFrame(Buffer.alloc(2 * 1024 * 1024)) }),
    () => 'Raise receivers::otlp::protocols::grpc::max_recv_msg_size_mib',
  ],
  [
    'traces over gRPC',
    () =>
      grpcCall(grpc, {
        body: grpcFrame(Buffer.alloc(0)),
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      }),
    () => 'No pipeline receives traces over gRPC',
  ],
  [
    'gRPC on the HTTP port',
    () => grpcCall(http, { body: grpcFrame(Buffer.alloc(0)) }),
    () => `gRPC is sent to the HTTP port ${http}. Send gRPC to port ${grpc}`,
  ],
  ['HTTP on the gRPC port', () => send(grpc, 'POST / HTTP/1.1\r\n\r\n'), () => `HTTP is sent to the gRPC port ${grpc}`],
  ['TLS', () => handshake(http), () => `TLS is sent to port ${http}, which has no TLS. Write http://`],
  ['TLS on the gRPC port', () => handshake(grpc), () => `TLS is sent to port ${grpc}, which has no TLS`],
  [
    'StatsD',
    () => send(http, 'airflow.ti_failures:1|c\n'),
    () => `StatsD text is sent to port ${http}. pitot receives`,
  ],
  ['OTLP on the port that is scraped', () => post(metrics, '/v1/metrics'), () => `Send to port ${http}. Airflow 2.10`],
  [
    'OTLP on port 8888',
    () => post(own, '/v1/metrics'),
    () => `OTLP is sent to port ${own}, which is read by Prometheus`,
  ],
  ['no credentials', () => post(secret, '/v1/metrics'), () => 'Set OTEL_EXPORTER_OTLP_HEADERS to the credentials'],
])('%s: the log says what to set', async (_, act, expected) => {
  await act().catch(() => undefined);
  await untilLogged(pitot, expected());
  expect(
    pitot
      .output()
      .toString()
      .split('\n')
      .find((line) => line.includes(expected())),
  ).toMatch(/\twarn\t.*"client": "127\.0\.0\.1"/);
});

test('one warning for each client and cause', async () => {
  for (let i = 0; i < 20; i++) await post(http, '/v1/metrics/v1/metrics');
  await post(http, '/mark');
  await untilLogged(pitot, 'POST /mark from');
  expect(pitot.output().toString().split('POST /v1/metrics/v1/metrics from')).toHaveLength(2);
});

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { type CommandResult, runPitot } from '../support/run-command.ts';

const certificate = makeCertificate('localhost');
let pitot: RunningPitot;
let hanging: Server;
let [http, grpc, tls, secret, metrics, own, console] = [0, 0, 0, 0, 0, 0, 0];

beforeAll(async () => {
  [http, grpc, tls, secret, metrics, own, console] = (await freePorts(7)) as [
    ...[number, number, number, number, number, number, number],
  ];
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  pitot = startPitot([
    `--config=${configFile({
      receivers: {
        otlp: { protocols: { http: at(http), grpc: at(grpc) } },
        'otlp/tls': {
          protocols: { http: { ...at(tls), tls: { cert_pem: certificate.cert, key_pem: certificate.key } } },
        },
        'otlp/secret': { protocols: { http: { ...at(secret), auth: { authenticator: 'bearertokenauth' } } } },
      },
      exporters: { prometheus: { ...at(metrics), accumulation: { enabled: true } } },
      extensions: { bearertokenauth: { token: 'secret' }, console: at(console) },
      service: {
        extensions: ['bearertokenauth', 'console'],
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: own } } } }] } },
        pipelines: { metrics: { receivers: ['otlp', 'otlp/tls', 'otlp/secret'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, grpc, tls, secret, metrics, own, console]);
  hanging = createServer(() => {}).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
});
afterAll(async () => {
  hanging.close();
  await pitot.stop();
});

const at = (port: number, scheme = 'http') => `${scheme}://127.0.0.1:${port}`;
const doctor = (args: readonly string[], options: Parameters<typeof runPitot>[1] = {}) =>
  runPitot(['doctor', '--timeout=30s', '--metrics', `${at(metrics)}/metrics`, ...args], options);

/** Names of the steps that pass or are skipped, and the last one. */
function stepsOf({ stdout }: CommandResult) {
  const { ok, steps } = JSON.parse(stdout) as {
    ok: boolean;
    steps: { name: string; result: string; text: string; remedy?: string }[];
  };
  return { ok, names: steps.map(({ name }) => name), last: steps.at(-1)! };
}

async function series(): Promise<string> {
  return String((await ask(metrics, { path: '/metrics' })).body);
}

describe('before any client', () => {
  test('the path works up to the clients, and the test point leaves nothing behind', async () => {
    const result = await doctor(['--to', at(http), '--console', at(console), '--json']);
    expect(stepsOf(result)).toMatchObject({
      ok: false,
      names: ['Name', 'Port', 'Protocol', 'Test point', 'Clients'],
      last: { result: 'no', text: 'no client has sent a data point yet' },
    });
    expect(result.exitCode).toBe(1);
    expect(await series()).toBe('');
  });

  test('without a console, port 8888 says whether clients send', async () => {
    const unused = at((await freePorts(1))[0]!);
    const result = await doctor(['--to', at(http), '--own-metrics', `${at(own)}/metrics`, '--timeout=30s', '--json']);
    expect(stepsOf(result).last).toMatchObject({ name: 'Clients', result: 'no' });
    const console = await doctor(['--to', at(http), '--console', unused]);
    expect(console).toMatchObject({ exitCode: 2, stdout: '' });
    expect(console.stderr).toBe(
      `Error: no console at ${unused}/: connection refused; enable the extension console, or name its address with --url\n`,
    );
  });
});

describe('each fault is named with its remedy', () => {
  test.each<[string, () => string[], string, RegExp, RegExp]>([
    ['down', () => ['--to', at(1)], 'Port', /connection refused/, /Check that pitot runs/],
    ['no such name', () => ['--to', 'http://pitot.invalid:4318'], 'Name', /pitot\.invalid: /, /kubectl get svc/],
    [
      'hanging',
      () => ['--to', at((hanging.address() as AddressInfo).port), '--timeout=2s'],
      'Protocol',
      /no answer within 2 s/,
      /service mesh/,
    ],
    ['HTTP to the gRPC port', () => ['--to', at(grpc)], 'Protocol', /speaks gRPC, and the client sends HTTP/, /4318/],
    [
      'gRPC to the HTTP port',
      () => ['--to', at(http), '--grpc'],
      'Protocol',
      /speaks HTTP, and the client sends gRPC/,
      /4317/,
    ],
    [
      'OTLP to the scraped port',
      () => ['--to', at(metrics)],
      'Protocol',
      /the one that Prometheus reads/,
      /Use port 4318/,
    ],
    ['a wrong path', () => ['--to', `${at(http)}/v1/metrics/v1/metrics`], 'Protocol', /answers 404/, /\/v1\/metrics/],
    ['TLS to a port without it', () => ['--to', at(http, 'https')], 'TLS', /has no TLS/, /Write http:\/\//],
    ['no TLS to a port with it', () => ['--to', at(tls)], 'TLS', /requires TLS/, /Write https:\/\//],
    ['an unknown authority', () => ['--to', at(tls, 'https')], 'TLS', /self-signed/, /OTEL_EXPORTER_OTLP_CERTIFICATE/],
    ['no credentials', () => ['--to', at(secret)], 'Protocol', /answers 401/, /OTEL_EXPORTER_OTLP_HEADERS/],
    [
      'another output',
      () => ['--to', at(http), '--metrics', `${at(own)}/metrics`, '--timeout=5s'],
      'Test point',
      /not found in/,
      /same pod/,
    ],
    [
      'no output',
      () => ['--to', at(http), '--metrics', `${at(1)}/metrics`],
      'Test point',
      /connection refused/,
      /--metrics/,
    ],
  ])('%s', async (_, args, name, text, remedy) => {
    const result = await doctor([...args(), '--json']);
    expect(stepsOf(result).last).toEqual({
      name,
      result: 'no',
      text: expect.stringMatching(text),
      remedy: expect.stringMatching(remedy),
    });
    expect(result.exitCode).toBe(1);
  });
});

describe('the path of Airflow', () => {
  test('its variables from standard input', async () => {
    const input = `AIRFLOW_VERSION=3.3.0\nAIRFLOW__METRICS__OTEL_ON=True\nOTEL_EXPORTER_OTLP_ENDPOINT=${at(grpc)}\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc\n`;
    const result = await doctor(['--airflow-env=-', '--console', at(console)], { input });
    expect(result.stdout).toMatch(/^✓ Airflow {4}Airflow 3\.3 sends to http:\/\/127\.0\.0\.1:\d+\/ over gRPC/);
    expect(result.stdout).toMatch(/✓ Test point accepted/);
  });

  test('its variables and airflow.cfg in this environment', async () => {
    const directory = join(configFile(''), '..');
    writeFileSync(join(directory, 'airflow.cfg'), '[metrics]\notel_on = True\nstatsd_on = True\n');
    const env = { AIRFLOW_HOME: directory, AIRFLOW_VERSION: '2.11.0' };
    const result = await doctor([], { env });
    expect(result.stdout).toMatch(/^✗ Airflow {4}AIRFLOW__METRICS__STATSD_ON is true/);
    expect(result.exitCode).toBe(1);
  });

  test('credentials and an authority make the rest pass', async () => {
    const ca = join(configFile(''), '../ca.pem');
    writeFileSync(ca, certificate.cert);
    const withAuthority = await doctor(['--to', `https://localhost:${tls}`, '--ca', ca, '--json']);
    expect(stepsOf(withAuthority).names).toContain('Test point');
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: at(secret),
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20secret',
    };
    expect(stepsOf(await doctor(['--json'], { env })).names).toContain('Test point');
  });

  test('with a client and a scrape, no step fails', async () => {
    const body = encodeMetrics({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [{ asInt: 1 }] } }] }] }],
    });
    await postMetrics(http, body, { 'user-agent': 'OTel' });
    await ask(metrics, { path: '/metrics', headers: { 'x-prometheus-scrape-timeout-seconds': '10' } });
    const result = await doctor(['--to', at(http), '--console', at(console), '--json']);
    expect(stepsOf(result)).toMatchObject({ ok: true, last: { name: 'Scrape', result: 'yes' } });
    expect(result.exitCode).toBe(0);
    expect(await series()).not.toContain('doctor');
  });
});

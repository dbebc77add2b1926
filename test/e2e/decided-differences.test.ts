import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics, type OtlpMetric } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

/* Differences from the Collector (test/conformance/divergences.yaml) that affect the whole process. */

const http = (port: number, settings: object = {}) => ({
  protocols: { http: { endpoint: `127.0.0.1:${port}`, ...settings } },
});

function configuration(receiver: object, prometheus: object): object {
  return {
    receivers: { otlp: receiver },
    exporters: { prometheus, debug: { verbosity: 'detailed' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus', 'debug'] } },
    },
  };
}

const metrics = (...metrics: OtlpMetric[]) => encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });

describe('a running process', () => {
  let pitot: RunningPitot;
  let receiver: number;
  let exporter: number;

  beforeAll(async () => {
    [receiver, exporter] = (await freePorts(2)) as [number, number];
    pitot = startPitot([
      `--config=${configFile(configuration(http(receiver), { endpoint: `127.0.0.1:${exporter}` }))}`,
    ]);
    await untilListening(pitot, [receiver, exporter]);
  });
  afterAll(() => pitot?.stop());

  const json = (body: Buffer) =>
    ask(receiver, { method: 'POST', path: '/v1/metrics', headers: { 'content-type': 'application/json' }, body });
  const page = async () => (await ask(exporter, { path: '/metrics' })).body.toString();

  test.each([
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['a negative unsigned number', Buffer.from('{"resourceMetrics":[{"resource":{"droppedAttributesCount":-1}}]}')],
  ])('JSON with %s is answered 400 with a Status', async (_name, body) => {
    const answer = await json(body);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 3, message: expect.any(String) });
  });

  test('drops a delta histogram with more buckets than bounds, and keeps the connection and the series', async () => {
    const point = (startTimeUnixNano: bigint, bucketCounts: number[]) => ({
      name: 'h',
      histogram: {
        aggregationTemporality: 1,
        dataPoints: [
          {
            startTimeUnixNano,
            timeUnixNano: startTimeUnixNano + 10n,
            count: 3,
            sum: 3,
            explicitBounds: [1],
            bucketCounts,
          },
        ],
      },
    });
    expect((await postMetrics(receiver, metrics(point(10n, [1, 2])))).status).toBe(200);
    expect((await postMetrics(receiver, metrics(point(20n, [1, 1, 1])))).status).toBe(200);
    expect((await postMetrics(receiver, metrics(point(20n, [0, 3])))).status).toBe(200);
    expect(await page()).toMatch(/^h_count\{.*\} 6$/m);
  });

  test('prints counts above 2^53 as the nearest double in debug output', async () => {
    const summary = { dataPoints: [{ timeUnixNano: 1, count: 2n ** 63n - 1n, sum: 1 }] };
    expect((await postMetrics(receiver, metrics({ name: 's', summary }))).status).toBe(200);
    await expect.poll(() => pitot.output().toString()).toContain('Count: 9223372036854775808\n');
  });
});

describe('refuses an invalid configuration with a remedy', () => {
  const refused = async (receiver: object, prometheus: object = { endpoint: '127.0.0.1:0' }) => {
    const pitot = startPitot(['validate', `--config=${configFile(configuration(receiver, prometheus))}`]);
    const code = await new Promise((done) => pitot.process.once('exit', done));
    return { code, text: pitot.output().toString() };
  };

  test.each([
    ['metrics_url_path empty', { metrics_url_path: '' }, /metrics_url_path/],
    ['metrics_url_path with a blank', { metrics_url_path: '/v1/my metrics' }, /metrics_url_path/],
    ['an unknown compression', { compression_algorithms: ['', 'brotli'] }, /brotli/],
  ])('%s', async (_name, settings, words) => {
    const { code, text } = await refused(http(0, settings));
    expect(code).toBe(1);
    expect(text).toMatch(words);
  });
});

describe('accepts a configuration with a special meaning', () => {
  const started = async (endpoint: (port: number) => string, prometheus: object = {}) => {
    const [receiver, exporter] = (await freePorts(2)) as [number, number];
    const config = configuration(
      { protocols: { http: { endpoint: endpoint(receiver) } } },
      { endpoint: `127.0.0.1:${exporter}`, ...prometheus },
    );
    const pitot = startPitot([`--config=${configFile(config)}`]);
    await untilListening(pitot, [exporter]);
    return { pitot, receiver, exporter };
  };
  const gauge = metrics({ name: 'g', gauge: { dataPoints: [{ timeUnixNano: 1, asInt: 1 }] } });

  test('metric_expiration 0 results in empty output and a warning at start', async () => {
    const { pitot, receiver, exporter } = await started((port) => `127.0.0.1:${port}`, { metric_expiration: '0s' });
    await untilListening(pitot, [receiver]);
    await postMetrics(receiver, gauge);
    expect((await ask(exporter, { path: '/metrics' })).body.toString()).toBe('');
    await pitot.stop();
    expect(pitot.output().toString()).toMatch(/warn.*metric_expiration/);
  });

  test('metric_expiration never keeps a series', async () => {
    const { pitot, receiver, exporter } = await started((port) => `127.0.0.1:${port}`, { metric_expiration: 'never' });
    await untilListening(pitot, [receiver]);
    await postMetrics(receiver, gauge);
    expect((await ask(exporter, { path: '/metrics' })).body.toString()).toMatch(/^g\{.*\} 1$/m);
    expect(await pitot.stop()).toBe(0);
  });

  test('an IPv6 address without brackets is accepted', async () => {
    const { pitot, receiver } = await started((port) => `::1:${port}`);
    await expect.poll(() => pitot.output().toString()).toMatch(`"endpoint": "[::1]:${receiver}"`);
    expect(await pitot.stop()).toBe(0);
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { builtinConfig } from '#cli/builtin-config.ts';
import { Random } from '../fuzz/random.ts';
import { accumulation, Bridge, type BridgeOptions, scraperHeaders } from '../support/bridge.ts';
import { ask, postMetrics } from '../support/http.ts';
import { decodeRequest, encodeMetrics } from '../support/otlp.ts';
import { deliver } from '../support/otlp-client.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';
import { type RecordedRequest, readRecording, recordingNames, servedTries } from '../support/recording.ts';
import { readTextExposition, seriesKey } from '../support/text-exposition.ts';

const running: (Bridge | RunningPitot)[] = [];
afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

async function bridge(options: BridgeOptions = {}): Promise<Bridge> {
  const started = await Bridge.start({ prometheus: { accumulation, metric_expiration: 'never' }, ...options });
  running.push(started);
  return started;
}

async function samplesOf(served: Bridge) {
  return readTextExposition((await served.scrape()).body);
}

/** Returns the samples of counters and histograms by series. */
async function totalsOf(served: Bridge): Promise<Map<string, number>> {
  const counted = (await samplesOf(served)).filter(({ type }) => type === 'counter' || type === 'histogram');
  return new Map(counted.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}

/** Returns one request per point. */
function split({ body, ...request }: RecordedRequest): RecordedRequest[] {
  return (decodeRequest(body).resourceMetrics ?? []).flatMap((resourceMetrics) =>
    (resourceMetrics.scopeMetrics ?? []).flatMap((scopeMetrics) =>
      (scopeMetrics.metrics ?? []).flatMap((metric) => {
        const type = (['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const).find(
          (name) => metric[name],
        );
        return (type ? (metric[type]?.dataPoints ?? []) : []).map((point) => {
          const metrics = [{ ...metric, [type as string]: { ...metric[type!], dataPoints: [point] } }];
          return {
            ...request,
            body: encodeMetrics({
              resourceMetrics: [{ ...resourceMetrics, scopeMetrics: [{ ...scopeMetrics, metrics }] }],
            }),
          };
        });
      }),
    ),
  );
}

function gzipped({ headers, body, ...request }: RecordedRequest): RecordedRequest {
  return { ...request, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(body) };
}

/** Delivers every point in a separate request, in random order, twice, and compressed, as in the worst case of retries and proxies. */
function mangled(requests: readonly RecordedRequest[]): RecordedRequest[] {
  const points = requests.flatMap(split);
  return new Random(7).shuffled([...points, ...points.filter((_, i) => i % 3 === 0), ...requests]).map(gzipped);
}

describe.each(recordingNames)('%s', (name) => {
  const recording = readRecording(name);
  const { requests, tries } = recording;
  let inOrder: Map<string, number>;

  test('totals equal Airflow’s database in the recorded order', async () => {
    const plain = await bridge();
    await deliver(plain.ports.http, requests);
    expect(servedTries(await samplesOf(plain), recording)).toEqual(tries);
    inOrder = await totalsOf(plain);
  });

  test('totals are the same for shuffled and repeated single points with gzip over 8 connections', async () => {
    const other = await bridge();
    await deliver(other.ports.http, mangled(requests), { connections: 8 });
    expect(servedTries(await samplesOf(other), recording)).toEqual(tries);
    expect(await totalsOf(other)).toEqual(inOrder);
  });

  test('totals are the same with restarts', async () => {
    const kept = await bridge({
      prometheus: { accumulation: { ...accumulation, storage: 'file_storage' } },
      fileStorage: {},
    });
    const parts = [0, 0.3, 0.6, 1].map((share) => Math.round(share * requests.length));
    for (const [i, end] of parts.slice(1).entries()) {
      await deliver(kept.ports.http, requests.slice(parts[i], end));
      expect(await kept.stop()).toBe(0);
      kept.launch();
      await kept.untilListening();
    }
    expect(servedTries(await samplesOf(kept), recording)).toEqual(tries);
    expect(await totalsOf(kept)).toEqual(inOrder);
  });
});

test('the built-in configuration exposes totals with classic buckets and initial zeros, and reports its health', async () => {
  const [http, grpc, page, health] = (await freePorts(4)) as [number, number, number, number];
  const local = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const ports = {
    receivers: { otlp: { protocols: { http: local(http), grpc: local(grpc) } } },
    exporters: { prometheus: local(page) },
    extensions: { health_check: local(health) },
    service: { telemetry: { metrics: { level: 'none' } } },
  };
  const pitot = startPitot([
    `--config=yaml:${builtinConfig(mkdtempSync(join(tmpdir(), 'pitot-state-')))}`,
    `--config=yaml:${JSON.stringify(ports)}`,
  ]);
  running.push(pitot);
  await untilListening(pitot, [http, grpc, page, health]);
  expect((await ask(health, { path: '/' })).status).toBe(200);
  const recording = readRecording('airflow-3.3');
  await deliver(http, recording.requests);
  const read = async (headers = {}) => readTextExposition((await ask(page, { path: '/metrics', headers })).body);
  // `curl` gets the totals, and does not end the initial zero.
  expect(servedTries(await read(), recording)).toEqual(recording.tries);
  const first = await read(scraperHeaders);
  expect(new Set(first.filter(({ type }) => type === 'counter').map(({ value }) => value))).toEqual(new Set([0]));
  const second = await read(scraperHeaders);
  expect(servedTries(second, recording)).toEqual(recording.tries);
  const buckets = second.filter(
    ({ name, labels }) => name === 'airflow_task_duration_milliseconds_bucket' && labels.le !== '+Inf',
  );
  expect(new Set(buckets.map(({ labels }) => labels.le))).toContain('600000');
});

describe('storage', () => {
  const directory = () => mkdtempSync(join(tmpdir(), 'pitot-e2e-'));
  const start = 1_790_000_000_000_000_001n;
  const counter = (name: string, value = 1) =>
    encodeMetrics({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name,
                  sum: {
                    aggregationTemporality: 2,
                    isMonotonic: true,
                    dataPoints: [{ asInt: value, startTimeUnixNano: start, timeUnixNano: start + 1n }],
                  },
                },
              ],
            },
          ],
        },
      ],
    });

  async function stored(storage: object, prometheus: object = {}) {
    const [http, page, health] = (await freePorts(3)) as [number, number, number];
    const text = (more: object) =>
      JSON.stringify({
        extensions: { file_storage: storage, health_check: { endpoint: `127.0.0.1:${health}` } },
        receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
        exporters: {
          prometheus: {
            endpoint: `127.0.0.1:${page}`,
            accumulation: { ...accumulation, storage: 'file_storage' },
            ...more,
          },
        },
        service: {
          extensions: ['file_storage', 'health_check'],
          telemetry: { metrics: { level: 'none' } },
          pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
        },
      });
    const file = configFile(text(prometheus));
    const pitot = startPitot([`--config=${file}`]);
    running.push(pitot);
    const reload = (more: object) => {
      writeFileSync(file, text(more));
      pitot.process.kill('SIGHUP');
    };
    return { pitot, ports: [http, page, health], http, page, health, reload };
  }

  test('with a full disk, clients receive 503 with Retry-After, health contains the reason, and scrapes continue', async () => {
    const { pitot, ports, http, page, health } = await stored({ directory: directory(), max_size_mib: 1 });
    await untilListening(pitot, ports);
    let answer = await postMetrics(http, counter('first'));
    expect(answer.status).toBe(200);
    for (let i = 0; i < 100 && answer.status === 200; i++) {
      answer = await postMetrics(http, counter(`c${i}${'x'.repeat(30_000)}`));
    }
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    const state = await ask(health, { path: '/' });
    expect([state.status, String(state.body)]).toEqual([503, expect.stringContaining('full')]);
    expect(String((await ask(page, { path: '/metrics' })).body)).toContain('first_total');
  });

  test('the process exits and names a file that pitot did not create', async () => {
    const path = directory();
    writeFileSync(join(path, 'file_storage.db'), 'somebody’s diary');
    const { pitot } = await stored({ directory: path });
    await new Promise((done) => pitot.process.once('exit', done));
    expect(pitot.process.exitCode).toBe(1);
    expect(String(pitot.output())).toContain(`${join(path, 'file_storage.db')} is damaged or not a storage file`);
  });

  test('a reload keeps totals, even if the exporter’s settings change', async () => {
    const { pitot, ports, http, page, reload } = await stored({ directory: directory() });
    await untilListening(pitot, ports);
    expect((await postMetrics(http, counter('kept', 3))).status).toBe(200);
    reload({ namespace: 'n' });
    await untilLogged(pitot, 'Everything is ready', 2);
    expect((await postMetrics(http, counter('kept', 4))).status).toBe(200);
    expect(readTextExposition((await ask(page, { path: '/metrics' })).body)).toMatchObject([
      { name: 'n_kept_total', value: 4 },
    ]);
  });
});

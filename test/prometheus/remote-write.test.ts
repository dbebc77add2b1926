import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accumulation, Bridge } from '../support/bridge.ts';
import { everyType, everyTypeEnded } from '../support/every-type.ts';
import { configFile, freePorts, startPitot, untilListening } from '../support/pitot.ts';
import { Prometheus } from '../support/prometheus.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { replayNow } from '../support/replay-now.ts';

/** Duration of a replay in seconds. */
const replaySeconds = 25;

let prometheus: Prometheus;
beforeAll(async () => {
  const flags = ['--web.enable-remote-write-receiver', '--enable-feature=native-histograms,exemplar-storage'];
  prometheus = await Prometheus.start({ jobs: [], interval: '1s', flags });
});
afterAll(() => prometheus?.stop());

test('data of every type is read back as it was sent', async () => {
  const [port] = (await freePorts(1)) as [number];
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: {
      prometheus_remote_write: {
        endpoint: `${prometheus.url}/api/v1/write`,
        remote_write_queue: { enabled: false },
        external_labels: { cluster: 'test' },
      },
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus_remote_write'] } },
    },
  };
  const pitot = startPitot(['--config', configFile(config)]);
  try {
    await untilListening(pitot, [port]);
    const now = Date.now();
    const send = async (body: string) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`http://127.0.0.1:${port}/v1/metrics`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
    };
    await send(everyType(now));
    const samples = await prometheus.query('{__name__=~"rw_.*|target_info"}', now / 1000);
    const labels = { cluster: 'test', job: 'airflow', dag_id: 'a "b"' };
    const read = new Map(
      samples.map(({ metric, value, histogram }) => [
        `${metric.__name__}${metric.le ? ` le=${metric.le}` : ''}${metric.quantile ? ` q=${metric.quantile}` : ''}`,
        { metric, value: value?.[1], histogram: histogram?.[1] },
      ]),
    );
    expect(
      Object.fromEntries([...read].map(([name, { value, histogram }]) => [name, value ?? histogram?.count])),
    ).toEqual({
      rw_sum_total: '7',
      rw_updown: '-1.5',
      rw_gauge_bytes: expect.stringMatching(/^1(0{300}|e\+300)$/),
      'rw_histogram_seconds_bucket le=1': '1',
      'rw_histogram_seconds_bucket le=2.5': '3',
      'rw_histogram_seconds_bucket le=+Inf': '6',
      rw_histogram_seconds_sum: '12.5',
      rw_histogram_seconds_count: '6',
      rw_native: '6',
      'rw_summary q=0.5': '0.25',
      rw_summary_sum: '1.5',
      rw_summary_count: '3',
      target_info: '1',
    });
    expect(read.get('rw_sum_total')!.metric).toMatchObject(labels);
    expect(read.get('target_info')!.metric).toMatchObject({ job: 'airflow', service_version: '3' });
    expect(read.get('rw_native')!.histogram).toMatchObject({
      sum: '9',
      buckets: [
        [expect.anything(), expect.anything(), expect.anything(), '1'],
        [0, '1', '2', '2'],
        [0, '4', '8', '3'],
      ],
    });
    // The flag "no recorded value" ends every series.
    await send(everyTypeEnded(now + 1_000));
    const ended = await prometheus.query('{__name__=~"rw_.*"}', (now + 1_500) / 1000);
    expect(ended.map(({ metric }) => metric.__name__)).toEqual([]);
  } finally {
    await pitot.stop();
  }
});

test.each([
  { how: 'while the receiver answers 503 for a time', outageSeconds: 8, kills: 0, message: 'prometheus.WriteRequest' },
  { how: 'with 2 kills', outageSeconds: 0, kills: 2, message: 'prometheus.WriteRequest' },
  { how: 'by fallback from 2.0', outageSeconds: 0, kills: 0, message: 'io.prometheus.write.v2.Request' },
])('increase() of pushed totals equals Airflow’s database $how', async ({ how, outageSeconds, kills, message }) => {
  const recording = readRecording('airflow-3.3');
  const gate = await startGate(new URL(prometheus.url).port);
  const page = how.replaceAll(' ', '_');
  const bridge = await Bridge.start({
    prometheus: {
      accumulation: { ...accumulation, zero_first: true, ...(kills > 0 && { storage: 'file_storage' }) },
      remote_write: {
        endpoint: `http://127.0.0.1:${gate.port}/api/v1/write`,
        push_interval: '1s',
        external_labels: { page },
        protobuf_message: message,
        retry_on_failure: { max_interval: '500ms' },
        ...(kills > 0 && { wal: { directory: mkdtempSync(join(tmpdir(), 'pitot-wal-')) } }),
      },
    },
    ...(kills > 0 && { fileStorage: {} }),
  });
  // `/metrics` is not scraped, so only the push decides when an initial zero ends.
  try {
    const replay = replayNow(recording, bridge.ports.http, replaySeconds);
    await after(5_000);
    gate.isOpen = false;
    await after(outageSeconds * 1_000);
    gate.isOpen = true;
    for (let kill = 0; kill < kills; kill++) {
      await bridge.stop('SIGKILL');
      bridge.launch();
      await bridge.untilListening();
      await after(4_000);
    }
    await replay;
    // The last push is the one at shutdown. The one before reports counters that were new.
    await after(3_000);
    expect(await bridge.stop()).toBe(0);
    const selector = `airflow_ti_finish_total{page="${page}"}`;
    const [latest] = await prometheus.query(`max(timestamp(last_over_time(${selector}[1h])))`);
    const [newest] = await prometheus.query(`max(timestamp(${selector}))`);
    const last = Number((newest ?? latest)!.value![1]);
    const expression = `sum by (dag_id, task_id, state) (increase(${selector}[1h]))`;
    const samples = (await prometheus.query(expression, last)).map(({ metric, value }) => ({
      name: 'airflow_ti_finish_total',
      labels: metric,
      value: Number(value![1]),
    }));
    expect(servedTries(samples, recording)).toEqual(recording.tries);
    process.stdout.write(
      `pushed totals ${how}: ${recording.tries.size} of ${recording.tries.size} equal the database\n`,
    );
  } finally {
    await bridge.stop('SIGKILL').catch(() => undefined);
    await gate.close();
  }
});

/** A proxy to Prometheus that answers 503 while it is closed. */
async function startGate(targetPort: string) {
  const gate = { isOpen: true };
  const server = createServer((incoming, answer) => {
    if (!gate.isOpen) {
      incoming.resume();
      answer.writeHead(503).end('closed');
      return;
    }
    const { method, url, headers } = incoming;
    const forwarded = httpRequest({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return Object.assign(gate, { port, close });
}

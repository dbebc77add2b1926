import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePorts } from '../support/pitot.ts';
import { readRecording } from '../support/recording.ts';
import { openSimulatedAgent } from './simulated-agent.ts';

const root = new URL('../../', import.meta.url).pathname;
// Duration of the replay in seconds. Prometheus scrapes once per second.
const replaySeconds = 20;

/** Prometheus that contains all data of the dashboards. */
export interface Replayed {
  /** Root URL of its API. */
  readonly url: string;
  /** Start of the replay, Unix time in seconds. */
  readonly began: number;
}

/**
 * Replays a recording of Airflow to pitot, or to a Collector, while a real Prometheus scrapes it, its own metrics, and a simulated agent.
 * Then calls `use` with this Prometheus. Airflow's duplicate metrics are dropped, as by deploy/prometheus/values-drop-duplicates.yaml.
 *
 * `collector`: command of the Collector.
 */
export async function withReplayedPrometheus<T>(
  collector: readonly string[] | undefined,
  use: (replayed: Replayed) => Promise<T>,
): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), 'pitot-dashboards-'));
  const file = (name: string, content: object) => {
    writeFileSync(join(work, name), JSON.stringify(content));
    return join(work, name);
  };
  const names = readFileSync(`${root}test/deploy/fixtures/agents.names.txt`, 'utf8').trim().split('\n');
  const agent = await openSimulatedAgent(names);
  const children: ChildProcess[] = [];
  try {
    const [otlp, page, own, prometheus] = (await freePorts(4)) as [number, number, number, number];
    const command = collector ?? [process.execPath, `${root}src/main.ts`];
    const config = receiverConfig({ otlp, page, own, state: collector ? undefined : join(work, 'state') });
    children.push(start([...command, '--config', file('pitot.yaml', config)]));
    const scrapes = { airflow: `127.0.0.1:${page}`, pitot: `127.0.0.1:${own}`, agents: agent.address };
    const flags = [`--storage.tsdb.path=${join(work, 'data')}`, `--web.listen-address=127.0.0.1:${prometheus}`];
    children.push(
      start(['prometheus', `--config.file=${file('prometheus.yaml', prometheusConfig(scrapes))}`, ...flags]),
    );
    await ready(`http://127.0.0.1:${page}/metrics`);
    await ready(`http://127.0.0.1:${prometheus}/-/ready`);
    const began = Date.now() / 1000;
    await replay(`http://127.0.0.1:${otlp}`);
    await contradict(`http://127.0.0.1:${otlp}/v1/metrics`);
    // Waits until the last values are scraped twice, which a rate needs.
    await after(4_000);
    return await use({ url: `http://127.0.0.1:${prometheus}`, began });
  } finally {
    for (const child of children) child.kill('SIGTERM');
    agent.server.close();
    agent.server.closeAllConnections();
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
    rmSync(work, { recursive: true });
  }
}

function start([file, ...args]: string[]): ChildProcess {
  const child = spawn(file!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (text) => {
    said = (said + text).slice(-4_000);
  });
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) process.stdout.write(`${file} ended with ${code}: ${said}\n`);
  });
  return child;
}

interface Listening {
  readonly otlp: number;
  readonly page: number;
  readonly own: number;
  /** Directory of the totals. Undefined for the Collector, which has no accumulation. */
  readonly state: string | undefined;
}

function receiverConfig({ otlp, page, own, state }: Listening): object {
  const host = '127.0.0.1';
  const pitot = {
    accumulation: { enabled: true, storage: 'file_storage' },
    classic_buckets: [10, 100, 1000, 10000, 100000],
  };
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `${host}:${otlp}` } } } },
    exporters: { prometheus: { endpoint: `${host}:${page}`, ...(state && pitot) } },
    extensions: state ? { file_storage: { directory: state } } : {},
    service: {
      extensions: state ? ['file_storage'] : [],
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host, port: own } } } }] } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
    },
  };
}

function prometheusConfig(scrapes: Readonly<Record<string, string>>): object {
  const values = parse(readFileSync(`${root}deploy/prometheus/values-drop-duplicates.yaml`, 'utf8'));
  const relabelings = values.serviceMonitor.metricRelabelings.map(
    ({ sourceLabels, targetLabel, ...rest }: Record<string, unknown>) => ({
      source_labels: sourceLabels,
      ...(targetLabel !== undefined && { target_label: targetLabel }),
      ...rest,
    }),
  );
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: Object.entries(scrapes).map(([name, target]) => ({
      job_name: name,
      static_configs: [{ targets: [target] }],
      ...(name === 'airflow' && { metric_relabel_configs: relabelings }),
    })),
  };
}

async function ready(url: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await after(200)) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer`);
  }
}

/** Posts the recorded bodies in order and at equal intervals. */
async function replay(otlp: string): Promise<void> {
  const { requests } = readRecording('airflow-3.3');
  for (const { path, headers, body } of requests) {
    await post(otlp + path, headers, new Uint8Array(body));
    await after((replaySeconds * 1000) / requests.length);
  }
}

/** Sends one name with two types three times. pitot drops points, which a panel shows by reason. */
async function contradict(url: string): Promise<void> {
  const point = { asDouble: 1, timeUnixNano: `${Date.now()}000000` };
  const gauge = { name: 'contradiction_total', gauge: { dataPoints: [point] } };
  const sum = { name: 'contradiction', sum: { dataPoints: [point], aggregationTemporality: 2, isMonotonic: true } };
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [gauge, sum] }] }] });
  for (let times = 0; times < 3; times++) {
    await post(url, { 'content-type': 'application/json' }, body);
    await after(1_500);
  }
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { ...headers }, body });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

/**
 * Runs every query of every dashboard on a real Prometheus, which scrapes pitot while a recording of Airflow is replayed, pitot's own
 * metrics, and a stand-in for an agent. Each panel must return data.
 *
 *   node test/deploy/dashboards-on-prometheus.ts [COMMAND…]     (default: node src/main.ts)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { openAgentPage } from './agent-page.ts';

const root = new URL('../../', import.meta.url).pathname;
const recording = process.env.REC ?? `${root}test/fixtures/recordings/airflow-3.3/`;
const command = process.argv.length > 2 ? process.argv.slice(2) : [process.execPath, `${root}src/main.ts`];
// Seconds over which the recording is replayed; Prometheus scrapes once a second.
const replaySeconds = 20;

const work = mkdtempSync(join(tmpdir(), 'pitot-dashboards-'));
const children: ChildProcess[] = [];
const names = readFileSync(`${root}test/deploy/fixtures/agents.names.txt`, 'utf8').trim().split('\n');
const agent = await openAgentPage(names);

try {
  const [otlp, metrics, own, prometheus] = await freePorts(4);
  start(command, ['--config', pitotConfig({ otlp: otlp!, metrics: metrics!, own: own! })]);
  start(
    ['prometheus'],
    [
      `--config.file=${prometheusConfig({ metrics: metrics!, own: own! })}`,
      `--storage.tsdb.path=${join(work, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheus}`,
    ],
  );
  await ready(`http://127.0.0.1:${metrics}/metrics`);
  await ready(`http://127.0.0.1:${prometheus}/-/ready`);
  const began = Date.now() / 1000;
  await replay(`http://127.0.0.1:${otlp}/v1/metrics`);
  await contradict(`http://127.0.0.1:${otlp}/v1/metrics`);
  // The last values have to be scraped, and a rate needs two.
  await after(4_000);
  const empty = await emptyPanels(`http://127.0.0.1:${prometheus}`, began);
  for (const { where, expr } of empty) process.stdout.write(`no data: ${where}\n         ${expr}\n`);
  process.exitCode = empty.length === 0 ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
  agent.server.close();
  agent.server.closeAllConnections();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  rmSync(work, { recursive: true });
}

function start([file, ...first]: string[], more: string[]): void {
  const child = spawn(file!, [...first, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (text) => {
    said = (said + text).slice(-4_000);
  });
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) process.stdout.write(`${file} ended with ${code}: ${said}\n`);
  });
  children.push(child);
}

function pitotConfig({ otlp, metrics, own }: Record<string, number>): string {
  // A command of the caller's may be the collector, which has neither accumulation nor this storage.
  const isPitot = process.argv.length === 2;
  const exporter = isPitot
    ? { accumulation: { enabled: true, storage: 'file_storage' }, classic_buckets: [10, 100, 1000, 10000, 100000] }
    : {};
  const host = '127.0.0.1';
  return file(
    'pitot.yaml',
    JSON.stringify({
      receivers: { otlp: { protocols: { http: { endpoint: `${host}:${otlp}` } } } },
      exporters: { prometheus: { endpoint: `${host}:${metrics}`, ...exporter } },
      extensions: isPitot ? { file_storage: { directory: join(work, 'state') } } : {},
      service: {
        extensions: isPitot ? ['file_storage'] : [],
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host, port: own } } } }] } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    }),
  );
}

function prometheusConfig({ metrics, own }: Record<string, number>): string {
  const job = (name: string, target: string) => `  - {job_name: ${name}, static_configs: [{targets: ["${target}"]}]}\n`;
  const jobs = job('airflow', `127.0.0.1:${metrics}`) + job('pitot', `127.0.0.1:${own}`) + job('agents', agent.address);
  return file('prometheus.yaml', `global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n${jobs}`);
}

function file(name: string, text: string): string {
  writeFileSync(join(work, name), text);
  return join(work, name);
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  return ports;
}

async function ready(url: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await after(200)) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer`);
  }
}

/** Posts the recorded bodies in order, evenly over the time. */
async function replay(url: string): Promise<void> {
  const requests = readFileSync(`${recording}index.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const { file: body, headers } of requests) {
    const response = await fetch(url, { method: 'POST', headers, body: readFileSync(recording + body) });
    if (!response.ok) throw new Error(`${body}: ${response.status} ${await response.text()}`);
    await after((replaySeconds * 1000) / requests.length);
  }
}

/** Sends one name with two types, three times: points that are left out, which a panel shows by reason. */
async function contradict(url: string): Promise<void> {
  const point = { asDouble: 1, timeUnixNano: `${Date.now()}000000` };
  const gauge = { name: 'contradiction', gauge: { dataPoints: [point] } };
  const sum = { name: 'contradiction', sum: { dataPoints: [point], aggregationTemporality: 2, isMonotonic: false } };
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [gauge, sum] }] }] });
  for (let times = 0; times < 3; times++) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    await after(1_500);
  }
}

/** The queries that returned nothing, or only NaN, at every moment since `began` (Unix seconds). */
async function emptyPanels(api: string, began: number): Promise<{ where: string; expr: string }[]> {
  const empty: { where: string; expr: string }[] = [];
  for (const path of globSync(`${root}helm/files/dashboards/*.json`)) {
    const dashboard = JSON.parse(readFileSync(path, 'utf8'));
    for (const panel of dashboard.panels) {
      for (const target of panel.targets ?? []) {
        for (const expr of variants(target.expr)) {
          if (!(await hasData(api, expr, began))) empty.push({ where: `${dashboard.title}: ${panel.title}`, expr });
        }
      }
    }
  }
  return empty;
}

/** The query with Grafana's variables filled in, for each choice of `$count`. */
function variants(expr: string): string[] {
  const filled = expr
    .replaceAll('$__rate_interval', '15s')
    .replaceAll('$__range', '60s')
    .replaceAll(/\$(job|dag|instance)/g, '.*');
  return filled.includes('$count')
    ? ['increase', 'max_over_time'].map((name) => filled.replaceAll('$count', name))
    : [filled];
}

async function hasData(api: string, query: string, began: number): Promise<boolean> {
  const parameters = new URLSearchParams({ query, start: `${began}`, end: `${Date.now() / 1000}`, step: '1' });
  const response = await fetch(`${api}/api/v1/query_range?${parameters}`);
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { values: [number, string][] }[] };
  };
  if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
  return answer.data.result.some(({ values }) => values.some(([, value]) => value !== 'NaN'));
}

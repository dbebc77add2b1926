import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { pitot as dashboard } from '../../deploy/dashboards/pitot.ts';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { Prometheus } from '../support/prometheus.ts';
import { readRecording } from '../support/recording.ts';

/** Alerts that nothing from outside provokes here, and why. */
const notProvoked: Readonly<Record<string, string>> = {
  PitotAbsent: 'the targets of the Prometheus do not change; alert-cases.ts has it',
  PitotInternalErrors: 'no request is known that causes an error inside pitot',
};

interface Rule {
  alert?: string;
  for?: string;
  expr: string;
}
const rules = parse(readFileSync(new URL('../../helm/files/rules/pitot.yaml', import.meta.url), 'utf8')) as {
  groups: { rules: Rule[] }[];
};
const alerts = rules.groups.flatMap((group) => group.rules.flatMap(({ alert }) => alert ?? []));

/** The rules, with seconds instead of minutes. */
function shortRules(): string {
  for (const rule of rules.groups.flatMap((group) => group.rules)) {
    if (rule.for) rule.for = '0s';
    rule.expr = rule.expr
      .replaceAll(/\[\d+m\]/g, '[40s]')
      .replaceAll(/offset \d+m/g, 'offset 40s')
      .replaceAll('> 600', '> 10');
  }
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-rules-')), 'rules.yaml');
  writeFileSync(path, stringify(rules));
  return path;
}

const host = '127.0.0.1';
const directory = mkdtempSync(join(tmpdir(), 'pitot-alerts-'));
const requests = readRecording('airflow-3.3').requests.map(({ body }) => body);
const sockets: Socket[] = [];
const running = new Map<string, RunningPitot>();
let ports: number[];
let prometheus: Prometheus;

const http = (port: number, more: object = {}) => ({ protocols: { http: { endpoint: `${host}:${port}`, ...more } } });
const reader = (port: number) => ({
  metrics: { readers: [{ pull: { exporter: { prometheus: { host, port } } } }] },
});

/** A pitot that delivers to nobody, whose limits are reached, and whose state is corrupted. */
function overloaded(): object {
  const [otlp, own, page, last] = ports as [number, number, number, number];
  const away = `http://${host}:9`;
  const exporters = {
    prometheus: {
      endpoint: `${host}:${page}`,
      max_series: 20,
      accumulation: { enabled: true, storage: 'file_storage', max_streams: 10 },
      remote_write: { endpoint: `${away}/api/v1/write`, push_interval: '1s' },
    },
    'prometheus/last': { endpoint: `${host}:${last}` },
    'otlp_http/refused': { endpoint: away, retry_on_failure: { enabled: false } },
    'otlp_http/queued': { endpoint: away, sending_queue: { queue_size: 4, num_consumers: 1 } },
  };
  return {
    receivers: { otlp: http(otlp, { max_connections: 4 }) },
    exporters,
    extensions: { file_storage: { directory: join(directory, 'overloaded'), create_directory: true } },
    service: {
      extensions: ['file_storage'],
      telemetry: reader(own),
      pipelines: { metrics: { receivers: ['otlp'], exporters: Object.keys(exporters) } },
    },
  };
}

/** A pitot without memory, whose directory of state is removed. */
function starved(): object {
  const [otlp, own, page] = ports.slice(4) as [number, number, number];
  return {
    receivers: { otlp: http(otlp) },
    processors: { memory_limiter: { check_interval: '100ms', limit_mib: 30, spike_limit_mib: 5 } },
    exporters: {
      prometheus: { endpoint: `${host}:${page}`, accumulation: { enabled: true, storage: 'file_storage' } },
    },
    extensions: { file_storage: { directory: join(directory, 'starved'), create_directory: true } },
    service: {
      extensions: ['file_storage'],
      telemetry: reader(own),
      pipelines: { metrics: { receivers: ['otlp'], processors: ['memory_limiter'], exporters: ['prometheus'] } },
    },
  };
}

async function start(name: string, config: object, [otlp, own]: readonly number[]): Promise<void> {
  const pitot = startPitot([`--config=${configFile(config)}`]);
  running.set(name, pitot);
  await untilListening(pitot, [otlp!, own!]);
}

const restart = async (name: string, config: object, own: readonly number[]) => {
  await running.get(name)!.stop();
  await start(name, config, own);
};

/** Waits until each of some alerts has fired. While it waits, it acts as clients do. */
async function untilFired(names: readonly string[], act: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 120_000;
  for (;;) {
    const fired = new Set((await prometheus.query('ALERTS')).map(({ metric }) => metric.alertname!));
    const missing = names.filter((name) => !fired.has(name));
    if (missing.length === 0) return;
    if (Date.now() > end) throw new Error(`${missing} did not fire; fired: ${[...fired].sort()}`);
    await act();
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** A sum that cannot be shown, because it does not say whether it is cumulative. */
const withoutTemporality = encodeMetrics({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'jobs', sum: { dataPoints: [{ asInt: 1 }] } }] }] }],
});

/** Sends what no receiver accepts or no exporter can show, and what reaches limits. */
async function send(): Promise<void> {
  const [otlp] = ports as [number];
  for (const body of requests.slice(0, 20)) await postMetrics(otlp, body).catch(() => {});
  await postMetrics(otlp, withoutTemporality).catch(() => {});
  await postMetrics(otlp, Buffer.from('not OTLP')).catch(() => {});
  for (let i = 0; i < 6; i++) sockets.push(connect(otlp, host).on('error', () => {}));
  await postMetrics(ports[4]!, requests[0]!).catch(() => {});
}

beforeAll(async () => {
  ports = await freePorts(7);
  const first = overloaded();
  await start('overloaded', first, ports);
  for (const body of requests.slice(0, 20)) await postMetrics(ports[0]!, body);
  await running.get('overloaded')!.stop();
  const file = new DatabaseSync(join(directory, 'overloaded', 'file_storage.db'));
  file.exec("UPDATE entries SET value = X'00' WHERE rowid IN (SELECT rowid FROM entries ORDER BY rowid DESC LIMIT 3)");
  file.close();
  await Promise.all([start('overloaded', first, ports), start('starved', starved(), ports.slice(4))]);
  prometheus = await Prometheus.start({
    interval: '1s',
    ruleFiles: [shortRules()],
    jobs: [
      { name: 'pitot-overloaded', port: ports[1]! },
      { name: 'pitot-starved', port: ports[5]! },
      { name: 'pitot-slow', port: ports[5]!, interval: '10s' },
    ],
  });
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all([...running.values()].map((pitot) => pitot.stop('SIGKILL')));
  await prometheus?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('limits, absent receivers, and corrupted state fire their alerts', async () => {
  for (const body of requests) await postMetrics(ports[0]!, body).catch(() => {});
  await untilFired(
    [
      'PitotPointsRefused',
      'PitotRequestsRejected',
      'PitotConnectionsEvicted',
      'PitotSeriesLimitReached',
      'PitotPointsDropped',
      'PitotCountersOverwritten',
      'PitotStreamsEvicted',
      'PitotExporterFailing',
      'PitotExporterQueueFilling',
      'PitotExporterLosesData',
      'PitotPushStale',
      'PitotMemoryLimited',
      'PitotStateCorrupted',
    ],
    send,
  );
});

test('the dashboard shows what exporters cannot deliver', async () => {
  const row = dashboard.rows.find(({ title }) => title === 'Delivery by exporters')!;
  for (const { title, queries } of row.panels)
    for (const { expr } of queries) {
      const query = expr.replaceAll(/"\$\w+"/g, '".*"').replaceAll('$__rate_interval', '40s');
      expect(await prometheus.query(query), title).not.toEqual([]);
    }
});

test('without clients, without a directory for state, and with restarts', async () => {
  rmSync(join(directory, 'starved'), { recursive: true });
  writeFileSync(join(directory, 'starved'), '');
  await untilFired(['PitotNoData', 'PitotStateNotPersisted'], async () => {});
  rmSync(join(directory, 'starved'));
  mkdirSync(join(directory, 'starved'));
  for (let i = 0; i < 3; i++) {
    await restart('starved', starved(), ports.slice(4));
    await prometheus.untilScraped('pitot-starved', 2);
  }
  await untilFired(['PitotRestarts'], async () => {});
});

test('a pitot that hangs, and one that ends', async () => {
  const { process } = running.get('starved')!;
  await untilFired(['PitotScrapeSlow'], async () => {
    process.kill('SIGSTOP');
    // A scrape begins within the first ten seconds, the interval of the job, and takes at least six.
    await new Promise((done) => setTimeout(done, 16_000));
    process.kill('SIGCONT');
  });
  await running.get('overloaded')!.stop();
  await untilFired(['PitotDown'], async () => {});
});

test('every alert is provoked, or is listed with a reason', () => {
  const text = readFileSync(new URL(import.meta.url), 'utf8');
  const missing = alerts.filter((alert) => !text.includes(`'${alert}'`));
  expect(missing.sort()).toEqual(Object.keys(notProvoked).sort());
});

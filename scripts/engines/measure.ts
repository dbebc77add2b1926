/**
 * Runs the configurations of docs/scale.md: a sharded pitot of two pods in front of other engines, by agent and by push. For each, the increase of
 * all pods together in the engine must equal Airflow's database.
 *
 * usage: PROMETHEUS=FILE VICTORIA_METRICS=FILE THANOS=FILE npm run test:engines
 * Prometheus 3 or later, because of its agent. An engine without a file is skipped.
 */

import { setTimeout as after } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { seededRandom } from '../../bench/load/random.ts';
import { readRecording, servedTries } from '../../test/support/recording.ts';
import { ShardedPitot, type ShardedPitotOptions } from '../../test/support/sharded-pitot.ts';
import { credentials, type Engine, queryEngine, startAgent, startPrometheus, startVictoriaMetrics } from './engine.ts';
import { startThanos } from './thanos.ts';

const { PROMETHEUS: prometheus = '', VICTORIA_METRICS: victoriaMetrics = '', THANOS: thanos = '' } = process.env;
const recording = readRecording('airflow-3.3');
/** Growth without extrapolation, in PromQL and MetricsQL. */
const growth = 'max_over_time(airflow_ti_finish_total[1h]) - min_over_time(airflow_ti_finish_total[1h])';
const byTask = `sum by (dag_id, task_id, state) (${growth})`;

interface Topology {
  readonly name: string;
  readonly start: () => Promise<Engine>;
  /** Executables that it needs. */
  readonly needs: readonly string[];
  readonly path: string;
  /** Settings of Remote Write in an agent, in addition to its URL. Undefined: pitot pushes. */
  readonly agent?: object;
  readonly push?: ShardedPitotOptions['extensions'];
  readonly pushSettings?: object;
}

const basicauth = { 'basicauth/client': { client_auth: credentials } };
const topologies: readonly Topology[] = [
  {
    name: 'Prometheus agent, Prometheus',
    needs: [prometheus],
    start: () => startPrometheus(prometheus),
    path: '/api/v1/write',
    agent: {},
  },
  {
    name: 'Prometheus agent, VictoriaMetrics',
    needs: [prometheus, victoriaMetrics],
    start: () => startVictoriaMetrics(victoriaMetrics),
    path: '/api/v1/write',
    agent: {},
  },
  {
    name: 'Prometheus agent, managed service with basic authentication',
    needs: [prometheus, victoriaMetrics],
    start: () => startVictoriaMetrics(victoriaMetrics, true),
    path: '/api/v1/write',
    agent: { basic_auth: credentials },
  },
  { name: 'Push, Prometheus', needs: [prometheus], start: () => startPrometheus(prometheus), path: '/api/v1/write' },
  {
    name: 'Push, VictoriaMetrics',
    needs: [victoriaMetrics],
    start: () => startVictoriaMetrics(victoriaMetrics),
    path: '/api/v1/write',
  },
  {
    name: 'Prometheus agent, Thanos receive with two receivers',
    needs: [prometheus, thanos],
    start: () => startThanos(thanos),
    path: '/api/v1/receive',
    agent: {},
  },
  {
    name: 'Push, Thanos receive with two receivers',
    needs: [thanos],
    start: () => startThanos(thanos),
    path: '/api/v1/receive',
  },
  {
    name: 'Push, managed service with basic authentication',
    needs: [victoriaMetrics],
    start: () => startVictoriaMetrics(victoriaMetrics, true),
    path: '/api/v1/write',
    push: basicauth,
    pushSettings: { auth: { authenticator: 'basicauth/client' } },
  },
];

/** Returns the growth of each task's counter, and the number of pods that the engine distinguishes. */
async function readBack(engine: Engine) {
  const samples = (await queryEngine(engine, byTask)).map(({ metric, value }) => ({
    name: 'airflow_ti_finish_total',
    labels: metric,
    value: Number(value![1]),
  }));
  const [pods] = await queryEngine(engine, 'count(count by (pod) ({__name__=~"airflow_.*", pod!=""}))');
  return { tries: servedTries(samples, recording), pods: Number(pods?.value?.[1] ?? 0) };
}

async function run({ start, path, agent, push, pushSettings }: Topology): Promise<string> {
  const engine = await start();
  const endpoint = (engine.writeUrl ?? engine.url) + path;
  const remoteWrite = (pod: number) => ({
    endpoint,
    push_interval: '1s',
    external_labels: { cluster: 'production', pod: `pitot-${pod}` },
    ...pushSettings,
  });
  const pitot = new ShardedPitot(seededRandom(1), {
    zeroFirst: true,
    ...(agent ? {} : { remoteWrite }),
    ...(push && { extensions: push }),
  });
  await pitot.create(2);
  pitot.configure([]);
  await pitot.start(0, 1);
  const ports = pitot.pods.map(({ ports: { metrics } }) => metrics);
  const scraper = agent && (await startAgent(prometheus, ports, { url: endpoint, ...agent }));
  try {
    const half = recording.requests.length / 2;
    await pitot.deliver(recording.requests.slice(0, half));
    await pitot.roll(1, 0);
    await pitot.deliver(recording.requests.slice(half));
    const end = Date.now() + 60_000;
    for (;;) {
      const { tries, pods } = await readBack(engine);
      if (isDeepStrictEqual(tries, recording.tries)) return `equal (${tries.size} tasks, ${pods} pods)`;
      if (Date.now() > end) return `DIFFERENT: ${JSON.stringify([...tries])}`;
      await after(500);
    }
  } finally {
    await scraper?.stop();
    await pitot.stopAll();
    await engine.stop();
  }
}

console.log('| Topology | Increase of all pods, compared with the database |');
console.log('|---|---|');
for (const topology of topologies) {
  const result = topology.needs.includes('')
    ? 'not run: no executable'
    : await run(topology).catch(({ message }: Error) => `FAILED: ${message.slice(0, 1_200)}`);
  if (!/^(equal|not run)/.test(result)) process.exitCode = 1;
  console.log(`| ${topology.name} | ${result} |`);
}

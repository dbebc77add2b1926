import type { SeriesPage } from '#api/series.ts';
import { batchBodies } from '../../bench/load/bodies.ts';
import { post } from '../../bench/load/post.ts';
import { scraperHeaders } from '../support/bridge.ts';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics, type OtlpKeyValue } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { readRecording } from '../support/recording.ts';
import { manyDags } from './many-dags.ts';

/** A pitot with a console, in a typical situation. */
export interface Situation {
  readonly pitot: RunningPitot;
  readonly origin: string;
  readonly ports: Readonly<Record<'http' | 'grpc' | 'metrics' | 'console', number>>;
  /** Routes of every view, with a metric and a series that exist. */
  readonly routes: readonly string[];
}

const fixed = ['overview', 'start', 'airflow', 'metrics', 'cardinality', 'tail', 'sources', 'problems', 'config'];

const fill: Readonly<Record<string, (ports: Situation['ports']) => Promise<void>>> = {
  nothing: async () => {},
  recording: async ({ http, metrics }) => {
    for (const { body } of readRecording('airflow-3.3').requests) await postMetrics(http, body);
    await ask(metrics, { path: '/v1/metrics', method: 'POST', body: Buffer.from('x') });
    await ask(metrics, { path: '/metrics', headers: { 'user-agent': 'Prometheus/3.5.0', ...scraperHeaders } });
  },
  'hostile strings': async ({ http, metrics }) => {
    await postMetrics(http, hostileBody());
    await ask(http, { method: 'POST', path: '/<img/src=x/onerror=alert(1)>', headers: { 'user-agent': hostile[0]! } });
    await ask(metrics, { path: '/metrics', headers: { 'user-agent': hostile[1]!, ...scraperHeaders } });
  },
  '100,000 series': async ({ http, metrics }) => {
    const bodies = batchBodies({ kind: 'counter', batches: 100, metrics: 10, points: 100, step: 100 });
    await post(http, [...bodies], { count: 100 });
    await ask(metrics, { path: '/metrics', headers: { 'user-agent': 'Prometheus/3.5.0', ...scraperHeaders } });
  },
  '100,000 series of Airflow': async ({ http, metrics }) => {
    for (const body of manyDags({ dags: 1_000, tasks: 20 })) await postMetrics(http, body);
    await ask(metrics, { path: '/metrics', headers: { 'user-agent': 'Prometheus/3.5.0', ...scraperHeaders } });
  },
};
export const situations = Object.keys(fill);

/** Texts that would run code if one of them were not escaped. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  "javascript:alert(3)//' onmouseover='alert(4)",
  '</title></style></textarea><svg onload=alert(5)>',
  '{{constructor.constructor("alert(6)")()}}${alert(7)}',
  '\u202eright to left\u202c \u0000\u0007 \ud83d\ude80 %00%3Cscript%3E',
  'a'.repeat(3_000),
] as const;

function hostileBody(): Buffer {
  const pairs = (texts: readonly string[]): OtlpKeyValue[] =>
    texts.map((text, i) => ({ key: `${i === 0 ? 'dag_id' : text.slice(0, 200)}`, value: { stringValue: text } }));
  const now = BigInt(Date.now()) * 1_000_000n;
  const times = { startTimeUnixNano: now - 60_000_000_000n, timeUnixNano: now };
  return encodeMetrics({
    resourceMetrics: [
      {
        resource: { attributes: [...pairs(hostile), { key: 'service.name', value: { stringValue: hostile[0] } }] },
        scopeMetrics: [
          {
            scope: { name: hostile[1], version: hostile[2] },
            metrics: hostile.flatMap((text) => [
              {
                name: text.slice(0, 200),
                description: text,
                unit: text.slice(0, 60),
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [{ ...times, asInt: 1, attributes: pairs(hostile) }],
                },
              },
              {
                name: 'airflow.ti.finish',
                description: text,
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [
                    {
                      ...times,
                      asInt: 1,
                      attributes: [
                        ...pairs([text]),
                        { key: 'task_id', value: { stringValue: text } },
                        { key: 'state', value: { stringValue: 'success' } },
                      ],
                    },
                  ],
                },
              },
            ]),
          },
        ],
      },
    ],
  });
}

/** Starts pitot, and brings it into a situation. `configure` changes its configuration. */
export async function startSituation(
  name: string,
  configure: (base: object) => object = (base) => base,
  env: NodeJS.ProcessEnv = {},
): Promise<Situation> {
  const [http, grpc, metrics, console] = (await freePorts(4)) as [number, number, number, number];
  const ports = { http, grpc, metrics, console };
  const pitot = startPitot([`--config=${configFile(configure(configuration(ports)))}`], env);
  const hasConsole = 'console' in (configure(configuration(ports)) as { extensions: object }).extensions;
  await untilListening(pitot, hasConsole ? Object.values(ports) : [http, grpc, metrics]);
  await fill[name]!(ports);
  const origin = `http://127.0.0.1:${console}`;
  return { pitot, origin, ports, routes: [...fixed, ...(hasConsole ? await existing(console) : [])] };
}

function configuration({ http, grpc, metrics, console }: Situation['ports']): object {
  return {
    receivers: {
      otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` }, grpc: { endpoint: `127.0.0.1:${grpc}` } } },
    },
    exporters: {
      prometheus: {
        endpoint: `127.0.0.1:${metrics}`,
        accumulation: { enabled: true },
        resource_to_telemetry_conversion: { enabled: true },
      },
    },
    extensions: { console: { endpoint: `127.0.0.1:${console}` } },
    service: {
      extensions: ['console'],
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
    },
  };
}

/** The views of one metric and of one series; none if nothing is stored. */
async function existing(port: number): Promise<string[]> {
  const { body } = await ask(port, { path: '/api/v1/series?limit=1&sort=-name' });
  const [series] = (JSON.parse(String(body)) as SeriesPage).series;
  if (!series) return [];
  return [`metric/${encodeURIComponent(series.name)}`, `series/${encodeURIComponent(series.selector)}`];
}

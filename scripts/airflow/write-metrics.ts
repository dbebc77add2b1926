/**
 * Writes deploy/airflow/metrics.json from the output of scripts/airflow/wheels.py, and compares the settings in this output with
 * src/airflow/versions.ts. `--check` writes nothing. Exits with status 1 if anything differs.
 *
 *   node scripts/airflow/write-metrics.ts [--check] FACTS.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type AirflowVersion, airflowVersions } from '#airflow/versions.ts';
import {
  type AirflowMetrics,
  metricsFile,
  type RecordedMetric,
  readAirflowMetrics,
} from '../../deploy/airflow/metrics.ts';

interface Facts {
  readonly release: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<
    Record<string, { kind: RecordedMetric['kind']; labels: string[]; legacy: string[]; declaredOnly?: true }>
  >;
}

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
const facts: Record<string, Facts> = JSON.parse(readFileSync(positionals[0]!, 'utf8'));

/** The measured settings in the words of src/airflow/versions.ts. */
function measured({ release, settings, metrics }: Facts, version: string): AirflowVersion {
  const otel = settings.otelEndpoint === 'http://otel:4318/v1/metrics';
  const heeded = [otel, settings.otelIntervalMs === 12_000, settings.otelServiceName === 'by-otel', settings.otelGrpc];
  if (new Set(heeded).size > 1) throw new Error(`${version}: some OTEL variables are read, others are not: ${heeded}`);
  const own = ['http://own:4318/v1/metrics', 34_000, 'by-airflow'];
  const read = [settings.airflowEndpoint, settings.airflowIntervalMs, settings.airflowServiceName];
  if (`${read}` !== `${own}`) throw new Error(`${version}: Airflow's own settings are not read: ${read}`);
  if (settings.otelResourceAttribute !== 'value') throw new Error(`${version}: OTEL_RESOURCE_ATTRIBUTES is not read`);
  if (settings.statsdFirst !== true) throw new Error(`${version}: StatsD does not take precedence any more`);
  const { timing, timer } = settings.timer as Record<'timing' | 'timer', [string, 's' | 'ms']>;
  if (`${timing}` !== `${timer}`) throw new Error(`${version}: timing() and timer() differ: ${timing}, ${timer}`);
  const isCounted = (name: string) => metrics[name] !== undefined && !metrics[name].declaredOnly;
  return {
    version,
    release,
    readsOtelVariables: otel,
    readsHeadersVariable: settings.otelHeaders as boolean,
    defaultEndpoint: settings.defaultEndpoint as string,
    protocols: settings.otelGrpc ? ['http/protobuf', 'grpc'] : ['http/protobuf'],
    contentType: settings.contentType as AirflowVersion['contentType'],
    defaultIntervalMs: settings.defaultIntervalMs as number,
    defaultServiceName: settings.defaultServiceName as string,
    timers: { type: timing[0] === 'histogram' ? 'exponential histogram' : 'gauge', unit: timing[1] },
    flushesAtExit: settings.flushesAtExit as boolean,
    countsTasks: isCounted('ti.start') && isCounted('ti.finish'),
    hasLegacyNamesSetting: settings.legacyNamesSetting as boolean,
  };
}

/** Versions that record a metric in the same way, together. */
function grouped(name: string): RecordedMetric[] {
  const groups = new Map<string, RecordedMetric & { versions: string[] }>();
  for (const [version, { metrics }] of Object.entries(facts)) {
    const metric = metrics[name];
    if (!metric) continue;
    const { kind, labels, legacy, declaredOnly } = metric;
    const rest = { kind, labels, ...(legacy[0] && { duplicate: legacy[0] }), ...(declaredOnly && { declaredOnly }) };
    const key = JSON.stringify(rest);
    const group = groups.get(key) ?? { versions: [], ...rest };
    group.versions.push(version);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function compare(what: string, expected: unknown, actual: unknown): void {
  const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)];
  if (a === b) return;
  process.stdout.write(`${what} differs from the wheels\n  here:   ${a}\n  wheels: ${b}\n`);
  process.exitCode = 1;
}

for (const [version, each] of Object.entries(facts)) {
  const known = airflowVersions.find((entry) => entry.version === version);
  const actual = measured(each, version) as unknown as Record<string, unknown>;
  for (const key of Object.keys(actual))
    compare(`src/airflow/versions.ts: ${version} ${key}`, known?.[key as keyof AirflowVersion], actual[key]);
}

const names = [...new Set(Object.values(facts).flatMap(({ metrics }) => Object.keys(metrics)))].sort();
const before = readAirflowMetrics();
const written: AirflowMetrics = {
  versions: Object.fromEntries(Object.entries(facts).map(([version, { release }]) => [version, release])),
  main: before.main,
  metrics: Object.fromEntries(names.map((name) => [name, grouped(name)])),
};
if (values.check) {
  for (const name of new Set([...names, ...Object.keys(before.metrics)]))
    compare(`deploy/airflow/metrics.json: ${name}`, before.metrics[name], written.metrics[name]);
} else writeFileSync(metricsFile, `${JSON.stringify(written, null, 2)}\n`);
process.stdout.write(`${Object.keys(facts).length} versions, ${names.length} metrics compared\n`);

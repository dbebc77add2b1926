import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { builtinConfig } from '#cli/builtin-config.ts';

import { type Schema, stricter } from './schema-difference.ts';

/**
 * Compares the objects that the upstream chart and pitot's chart render from the guide's values (`render-golden.sh`, which CI checks with
 * Helm 3 and 4). An in-place `helm upgrade` works because these parts are equal.
 */
interface Manifest {
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects of several kinds.
  spec: any;
}

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const manifests = (name: string): Manifest[] =>
  parseAllDocuments(read(`test/helm/golden/${name}.yaml`)).flatMap((document) => document.toJS() ?? []);
const find = (all: Manifest[], kind: string): Manifest => all.find((manifest) => manifest.kind === kind)!;

const upstream = manifests('upstream-chart-rendered');
const ours = manifests('pitot-seed');
const withUpstreamPorts = manifests('pitot-upstream-ports');

/** Returns the labels except versions, which differ between the charts. */
function stableLabels({ metadata }: Manifest): Record<string, string> {
  const { 'helm.sh/chart': _chart, 'app.kubernetes.io/version': _version, ...rest } = metadata.labels;
  return rest;
}

describe.each(['ServiceAccount', 'ConfigMap', 'Service', 'Deployment'])('%s', (kind) => {
  test('has the upstream name, namespace, and labels', () => {
    const [a, b] = [find(ours, kind), find(upstream, kind)];
    expect([a.metadata.name, a.metadata.namespace, stableLabels(a)]).toEqual([
      b.metadata.name,
      b.metadata.namespace,
      stableLabels(b),
    ]);
    expect(Object.keys(a.metadata.labels).sort()).toEqual(Object.keys(b.metadata.labels).sort());
  });
});

test('the Service equals the upstream one if the same ports are enabled', () => {
  expect(find(withUpstreamPorts, 'Service').spec).toEqual(find(upstream, 'Service').spec);
});

test("with the guide's values alone, only the ports of unsupported protocols and of pitot's own metrics differ", () => {
  const [a, b] = [find(ours, 'Service').spec, find(upstream, 'Service').spec];
  const notServed = new Set(['jaeger-compact', 'jaeger-grpc', 'jaeger-thrift', 'zipkin']);
  const kept = b.ports.filter((port: { name: string }) => !notServed.has(port.name));
  expect(a).toEqual({ ...b, ports: [{ name: 'metrics', port: 8888, targetPort: 8888, protocol: 'TCP' }, ...kept] });
});

test('the immutable selector and the pod labels are equal', () => {
  const [a, b] = [find(ours, 'Deployment').spec, find(upstream, 'Deployment').spec];
  expect(a.selector).toEqual(b.selector);
  expect(a.template.metadata.labels).toEqual(b.template.metadata.labels);
});

test('the container has the same name, command, arguments, variables, ports, configuration, and health endpoint', () => {
  const a = find(withUpstreamPorts, 'Deployment').spec.template.spec.containers[0];
  const b = find(upstream, 'Deployment').spec.template.spec.containers[0];
  for (const key of ['name', 'command', 'args', 'ports']) expect(a[key]).toEqual(b[key]);
  const fields = (env: { name: string; valueFrom?: { fieldRef: { fieldPath: string } } }[]) =>
    Object.fromEntries(env.map(({ name, valueFrom }) => [name, valueFrom?.fieldRef.fieldPath]));
  expect(fields(a.env)).toMatchObject(fields(b.env));
  expect(a.readinessProbe.httpGet).toEqual(b.readinessProbe.httpGet);
  // With a full disk, a pod is not ready. A restart would not help.
  expect(a.livenessProbe.httpGet).toEqual({ ...b.livenessProbe.httpGet, path: '/livez' });
  expect(a.volumeMounts).toContainEqual(b.volumeMounts[0]);
});

test('the merged configuration is the upstream one, except for unsupported receivers and the addresses of 8888 and 13133', () => {
  // biome-ignore lint/suspicious/noExplicitAny: ConfigMaps have data, not spec.
  const config = (all: Manifest[]) => parse((find(all, 'ConfigMap') as any).data.relay);
  const expected = config(upstream);
  expected.service.pipelines.traces.receivers = ['otlp'];
  // `kubectl port-forward` connects to localhost in the pod.
  expected.extensions.health_check.endpoint = '0.0.0.0:13133';
  expected.service.telemetry.metrics.readers[0].pull.exporter.prometheus.host = '0.0.0.0';
  expect(config(ours)).toEqual(expected);
});

const schema: Schema = JSON.parse(read('helm/values.schema.json'));
const upstreamSchema: Schema = JSON.parse(read('test/helm/fixtures/upstream/values.schema.json'));

test('the schema accepts all values that the upstream schema accepts', () => {
  // pitot-specific keys in an object that the upstream schema leaves open.
  const switches = ['airflow', 'agents', 'pitot'].map((file) => `.prometheusRule.defaultRules.${file}: only boolean`);
  const own = [
    ...switches,
    '.prometheusRule.defaultRules.runbookUrl: only string',
    '.prometheusRule.victoriaMetrics: only boolean',
  ];
  expect(stricter(upstreamSchema, schema)).toEqual(own);
});

test('the comparison of schemas detects each kind of stricter rule', () => {
  const strict: Schema = {
    type: 'object',
    additionalProperties: false,
    required: ['mode'],
    properties: { mode: { type: 'integer' }, ports: { type: 'object', additionalProperties: { type: 'string' } } },
  };
  const found = stricter(upstreamSchema, { ...upstreamSchema, ...strict });
  expect(found).toContain('.mode: only integer');
  expect(found).toContain('.ports.*: only string');
  expect(found).toContain('.image: unknown');
  expect(stricter({ type: 'object' }, strict)).toEqual([
    ': mode is required',
    '.mode: only integer',
    '.ports: only object',
    '.ports.*: only string',
    ': closed',
  ]);
});

test('the schema is closed at the top, and has the keys of values.yaml', () => {
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties!).sort()).toEqual(Object.keys(parse(read('helm/values.yaml'))).sort());
});

test("the guide's values equal those of the chart and of the process", () => {
  const values = parse(read('helm/ci/seed-values.yaml'));
  expect(values.config).toEqual(parse(read('config/seed.yaml')));
  expect(globSync(`${root}helm/ci/*.yaml`)).not.toEqual([]);
});

test('the Airflow preset has the accumulation settings of the built-in configuration', () => {
  const preset = parse(read('helm/values.yaml')).presets.airflow;
  const builtin = parse(builtinConfig('unused')).exporters.prometheus;
  // The chart adds `storage` with `persistence`.
  const { storage, ...accumulation } = builtin.accumulation;
  expect(storage).toBe('file_storage');
  expect(preset.accumulation).toMatchObject(accumulation);
  expect(preset.classicBuckets).toEqual(builtin.classic_buckets);
});

test('package, chart, and image have the same version', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(parse(read('helm/Chart.yaml')).appVersion).toBe(version);
  expect(read('Dockerfile')).toContain(`\nARG VERSION=${version}\n`);
  expect(JSON.parse(read('package-lock.json')).version).toBe(version);
});

import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { builtinConfig } from '#cli/builtin-config.ts';

import { type Schema, stricter } from './schema-difference.ts';

/**
 * What the upstream chart renders from the guide's values, and what ours renders from the same file (`render-golden.sh`, checked in
 * CI with Helm 3 and 4). An in-place `helm upgrade` works because these parts are equal.
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

/** Labels but for the versions, which say whose chart it is. */
function stableLabels({ metadata }: Manifest): Record<string, string> {
  const { 'helm.sh/chart': _chart, 'app.kubernetes.io/version': _version, ...rest } = metadata.labels;
  return rest;
}

describe.each(['ServiceAccount', 'ConfigMap', 'Service', 'Deployment'])('%s', (kind) => {
  test('has the upstream name, namespace and labels', () => {
    const [a, b] = [find(ours, kind), find(upstream, kind)];
    expect([a.metadata.name, a.metadata.namespace, stableLabels(a)]).toEqual([
      b.metadata.name,
      b.metadata.namespace,
      stableLabels(b),
    ]);
    expect(Object.keys(a.metadata.labels).sort()).toEqual(Object.keys(b.metadata.labels).sort());
  });
});

test('the Service is the upstream one, byte for byte in meaning, with the upstream choice of ports', () => {
  expect(find(withUpstreamPorts, 'Service').spec).toEqual(find(upstream, 'Service').spec);
});

test('with the seed alone the only differences are ports that pitot does not serve, and its own metrics', () => {
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

test('the container is started in the same way: name, command, arguments, variables, ports, configuration, health endpoint', () => {
  const a = find(withUpstreamPorts, 'Deployment').spec.template.spec.containers[0];
  const b = find(upstream, 'Deployment').spec.template.spec.containers[0];
  for (const key of ['name', 'command', 'args', 'ports']) expect(a[key]).toEqual(b[key]);
  const fields = (env: { name: string; valueFrom?: { fieldRef: { fieldPath: string } } }[]) =>
    Object.fromEntries(env.map(({ name, valueFrom }) => [name, valueFrom?.fieldRef.fieldPath]));
  expect(fields(a.env)).toMatchObject(fields(b.env));
  expect(a.readinessProbe.httpGet).toEqual(b.readinessProbe.httpGet);
  // With a full disk a pod is not ready; restarting it would help nobody.
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

test('the schema allows whatever the upstream schema allows', () => {
  // Keys of pitot's own, in an object that upstream leaves open.
  const own = ['airflow', 'agents', 'pitot'].map((file) => `.prometheusRule.defaultRules.${file}: only boolean`);
  expect(stricter(upstreamSchema, schema)).toEqual(own);
});

test('the comparison of schemas finds each kind of stricter place', () => {
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

test('the values of the guide are the ones of the chart and of the process', () => {
  const values = parse(read('helm/ci/seed-values.yaml'));
  expect(values.config).toEqual(parse(read('config/seed.yaml')));
  expect(globSync(`${root}helm/ci/*.yaml`)).not.toEqual([]);
});

test('the Airflow preset counts as the built-in configuration does', () => {
  const preset = parse(read('helm/values.yaml')).presets.airflow;
  const builtin = parse(builtinConfig).exporters.prometheus;
  expect(preset.accumulation).toMatchObject(builtin.accumulation);
  expect(preset.classicBuckets).toEqual(builtin.classic_buckets);
});

test('package, chart and image have one version', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(parse(read('helm/Chart.yaml')).appVersion).toBe(version);
  expect(read('Dockerfile')).toContain(`\nARG VERSION=${version}\n`);
  expect(JSON.parse(read('package-lock.json')).version).toBe(version);
});

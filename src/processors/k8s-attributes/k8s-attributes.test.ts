import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Component } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { noClientContext } from '#component/consumer.ts';
import { SettingError } from '#component/errors.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { loadKubeConfig } from '#kubernetes/kube-config.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type { Metrics, Resource } from '#pdata/metrics.ts';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { KubernetesApi } from '../../../test/support/kubernetes-api.ts';
import { gauge, number, request, resource } from '../../../test/support/pdata.ts';
import { k8sAttributesProcessorFactory } from './factory.ts';

let api: KubernetesApi;
const started: Component[] = [];

beforeEach(async () => {
  api = await new KubernetesApi().start();
  vi.stubEnv('KUBECONFIG', api.kubeConfig());
});
afterEach(async () => {
  for (const component of started.splice(0)) await component.shutdown(AbortSignal.abort());
  vi.unstubAllEnvs();
  await api.stop();
});

const pod = (name: string, ip: string, parts: { metadata?: object; spec?: object; status?: object } = {}) => ({
  metadata: {
    ...{ name, uid: `uid-${name}`, namespace: 'airflow', creationTimestamp: '2026-01-02T03:04:05Z' },
    ...parts.metadata,
  },
  spec: { nodeName: 'node-1', ...parts.spec },
  status: { podIP: ip, startTime: '2026-01-02T03:04:05Z', ...parts.status },
});

/** Waits for a condition, also on a slow machine. */
const eventually = (condition: () => void) => vi.waitFor(condition, { timeout: 30_000, interval: 20 });

const plain = (value: AnyValue): unknown =>
  typeof value === 'object' && 'kind' in value && value.kind === 'array' ? value.values.map(plain) : value;
const attributesOf = ({ attributes }: Resource) =>
  Object.fromEntries(attributes.entries.map(({ key, value }) => [key, plain(value)]));

function configured(raw: object) {
  const parsed = parseConfig(k8sAttributesProcessorFactory.configSchema, { auth_type: 'kubeConfig', ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const [problem] = validateConfig(k8sAttributesProcessorFactory.configSchema, parsed.value);
  if (problem) throw new Error(problem.message);
  return parsed.value;
}

async function start(raw: object = {}, settings = testSettings('k8s_attributes')) {
  const config = configured({ wait_for_metadata: true, ...raw });
  const received: Metrics[] = [];
  const statuses: string[] = [];
  const next: Consumer<Metrics> = { consume: (data) => void received.push(data) };
  const processor = k8sAttributesProcessorFactory.create.metrics!(config, settings, next);
  started.push(processor);
  await processor.start({
    extension: () => undefined,
    fatal: () => {},
    reportStatus: (_, problem) => void statuses.push(problem?.message ?? 'recovered'),
  });
  const resourceOf = (from: Resource, address = '') => {
    const context: ClientContext = { ...noClientContext, address };
    void processor.consume(request({ resource: from }, gauge('m', number(1n))), context);
    return received.at(-1)!.resourceMetrics[0]!.resource;
  };
  return {
    ...{ settings, statuses, resourceOf, processor, config },
    of: (address: string, attributes: Record<string, string> = {}) =>
      attributesOf(resourceOf(resource(attributes), address)),
  };
}

const workload = (kind: string, name: string, uid = `uid-${name}`) => ({ kind, name, uid, controller: true });
const defaults = {
  'k8s.pod.name': 'web',
  'k8s.namespace.name': 'airflow',
  'k8s.pod.start_time': '2026-01-02T03:04:05Z',
  'k8s.pod.uid': 'uid-web',
  'k8s.node.name': 'node-1',
};

describe('attributes', () => {
  test('of the pod that has the address of the client', async () => {
    api.put('pods', pod('web', '10.0.0.1'));
    const { of } = await start();
    expect(of('10.0.0.1')).toEqual(defaults);
    expect(of('10.0.0.2')).toEqual({});
    expect(of('', { 'k8s.pod.ip': '10.0.0.1' })).toEqual({ 'k8s.pod.ip': '10.0.0.1', ...defaults });
    expect(of('', { 'host.name': '10.0.0.1' })).toEqual({ 'host.name': '10.0.0.1', ...defaults });
    expect(api.authorization).toBe('Bearer secret');
  });

  test('that exist remain, unless they are empty', async () => {
    api.put('pods', pod('web', '10.0.0.1'));
    const { of } = await start();
    expect(of('10.0.0.1', { 'k8s.pod.name': 'mine', 'k8s.node.name': '' })).toEqual({
      ...defaults,
      'k8s.pod.name': 'mine',
    });
  });

  test('of the only container, of a named one, or of none', async () => {
    const containers = [{ name: 'a', image: 'registry.example.com:5000/team/app:1.2' }];
    const containerStatuses = [{ name: 'a', containerID: 'containerd://1234', restartCount: 0 }];
    api.put('pods', pod('web', '10.0.0.1', { spec: { containers }, status: { containerStatuses } }));
    const two = [...containers, { name: 'b', image: 'nginx' }];
    api.put('pods', pod('two', '10.0.0.2', { spec: { containers: two } }));
    const metadata = [
      'k8s.container.name',
      'container.id',
      'container.image.name',
      'container.image.tag',
      'service.version',
      'service.instance.id',
    ];
    const { of } = await start({ extract: { metadata } });
    expect(of('10.0.0.1')).toEqual({
      'k8s.container.name': 'a',
      'container.image.name': 'registry.example.com:5000/team/app',
      'container.image.tag': '1.2',
      'service.instance.id': 'airflow.web.a',
      'service.version': '1.2',
      'container.id': '1234',
    });
    expect(of('10.0.0.2')).toEqual({});
    expect(of('10.0.0.2', { 'k8s.container.name': 'b' })).toEqual({
      'k8s.container.name': 'b',
      'container.image.name': 'nginx',
      'container.image.tag': 'latest',
    });
  });

  test('of the run that the resource names, or of the latest', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const containerStatuses = [{ name: 'a', containerID: 'x://run-2', restartCount: 2, imageID: `nginx@${digest}` }];
    api.put('pods', pod('web', '10.0.0.1', { spec: { containers: [{ name: 'a' }] }, status: { containerStatuses } }));
    const { of } = await start({ extract: { metadata: ['container.id', 'container.image.repo_digests'] } });
    const run = { 'container.id': 'run-2', 'container.image.repo_digests': [`docker.io/library/nginx@${digest}`] };
    expect(of('10.0.0.1')).toEqual(run);
    const restarts = { 'k8s.container.restart_count': '1' };
    expect(of('10.0.0.1', restarts)).toEqual(restarts);
  });

  test('of the owners by their names', async () => {
    const owned = (name: string, ip: string, owner: object, labels = {}) =>
      pod(name, ip, { metadata: { ownerReferences: [owner], labels } });
    api.put('pods', owned('web', '10.0.0.1', workload('ReplicaSet', 'web-abc'), { 'pod-template-hash': 'abc' }));
    api.put('pods', owned('db', '10.0.0.2', workload('StatefulSet', 'db')));
    api.put('pods', owned('agent', '10.0.0.3', workload('DaemonSet', 'agent')));
    const minutes = Date.parse('2026-01-02T03:04:00Z') / 60_000;
    api.put('pods', owned('report', '10.0.0.4', workload('Job', `report-${minutes}`)));
    api.put('pods', owned('once', '10.0.0.5', workload('Job', 'once-12345678')));
    const kinds = ['deployment', 'replicaset', 'statefulset', 'daemonset', 'job', 'cronjob'];
    const { of } = await start({ extract: { metadata: [...kinds.map((kind) => `k8s.${kind}.name`), 'service.name'] } });
    expect(of('10.0.0.1')).toEqual({
      'k8s.replicaset.name': 'web-abc',
      'k8s.deployment.name': 'web',
      'service.name': 'web',
    });
    expect(of('10.0.0.2')).toEqual({ 'k8s.statefulset.name': 'db', 'service.name': 'db' });
    expect(of('10.0.0.3')).toEqual({ 'k8s.daemonset.name': 'agent', 'service.name': 'agent' });
    expect(of('10.0.0.4')).toEqual({
      'k8s.job.name': `report-${minutes}`,
      'k8s.cronjob.name': 'report',
      'service.name': 'report',
    });
    expect(of('10.0.0.5')).toEqual({ 'k8s.job.name': 'once-12345678', 'service.name': 'once-12345678' });
    expect(new Set(api.requests.map(({ pathname }) => pathname))).toEqual(new Set(['/api/v1/pods']));
  });

  test('of watched owners: UIDs, labels, and annotations', async () => {
    const ownerReferences = [workload('ReplicaSet', 'web-abc')];
    api.put('pods', pod('web', '10.0.0.1', { metadata: { ownerReferences } }));
    const metadata = { uid: 'uid-web-abc', name: 'web-abc', ownerReferences: [workload('Deployment', 'web', 'uid-d')] };
    api.put('replicasets', { metadata });
    api.put('deployments', { metadata: { uid: 'uid-d', name: 'web', labels: { team: 'data' } } as never });
    api.put('namespaces', { metadata: { uid: 'n', name: 'airflow', annotations: { owner: 'o' } } as never });
    api.put('namespaces', { metadata: { uid: 'cluster-1', name: 'kube-system' } });
    api.put('nodes', { metadata: { uid: 'uid-node', name: 'node-1', labels: { zone: 'z' } } as never });
    const { of } = await start({
      extract: {
        metadata: ['k8s.deployment.name', 'k8s.deployment.uid', 'k8s.node.uid', 'k8s.cluster.uid', 'service.namespace'],
        labels: [
          { key: 'team', from: 'deployment' },
          { tag_name: 'zone', key: 'zone', from: 'node' },
        ],
        annotations: [{ key: 'owner', from: 'namespace' }],
      },
    });
    expect(of('10.0.0.1')).toEqual({
      'k8s.deployment.name': 'web',
      'k8s.deployment.uid': 'uid-d',
      'k8s.deployment.label.team': 'data',
      'k8s.namespace.annotations.owner': 'o',
      'k8s.node.uid': 'uid-node',
      'k8s.cluster.uid': 'cluster-1',
      'service.namespace': 'airflow',
      zone: 'z',
    });
    const accepted = api.requests.find(({ pathname }) => pathname === '/apis/apps/v1/replicasets');
    expect(accepted?.searchParams.get('limit')).toBe('100');
    // Without a pod, the attributes of the resource lead to the objects.
    expect(of('', { 'k8s.node.name': 'node-1' })).toMatchObject({ zone: 'z', 'k8s.node.uid': 'uid-node' });
  });

  test('of the deployment that the API server names, if the name of the replica set shall not be used', async () => {
    const ownerReferences = [workload('ReplicaSet', 'shortened-abc')];
    const metadata = { ownerReferences, labels: { 'pod-template-hash': 'abc' } };
    api.put('pods', pod('web', '10.0.0.1', { metadata }));
    const owner = workload('Deployment', 'shortened-by-kubernetes');
    api.put('replicasets', {
      metadata: { uid: 'uid-shortened-abc', name: 'shortened-abc', ownerReferences: [owner] } as never,
    });
    for (const [deployment_name_from_replicaset, name] of [
      [true, 'shortened'],
      [false, 'shortened-by-kubernetes'],
    ] as const) {
      const { of } = await start({ extract: { metadata: ['k8s.deployment.name'], deployment_name_from_replicaset } });
      expect(of('10.0.0.1')).toEqual({ 'k8s.deployment.name': name });
    }
  });

  test('from labels and annotations of the pod', async () => {
    const labels = { app: 'x', 'app.kubernetes.io/part': 'p', 'app.kubernetes.io/empty': '' };
    const annotations = { 'resource.opentelemetry.io/service.name': 'named', note: 'n' };
    api.put('pods', pod('web', '10.0.0.1', { metadata: { labels, annotations } }));
    const { of } = await start({
      extract: {
        metadata: [],
        labels: [{ key: 'app' }, { tag_name: 'part.$1', key_regex: 'app\\.kubernetes\\.io/(.*)' }, { key: 'none' }],
        annotations: [{ tag_name: 'note', key: 'note', from: 'pod' }, { key_regex: 'no.*' }],
        otel_annotations: true,
      },
    });
    expect(of('10.0.0.1')).toEqual({
      'k8s.pod.labels.app': 'x',
      'part.part': 'p',
      note: 'n',
      'k8s.pod.annotations.note': 'n',
      'service.name': 'named',
    });
  });
});

describe('association', () => {
  test('uses the first rule whose sources all exist', async () => {
    api.put('pods', pod('web', '10.0.0.1'));
    api.put('pods', pod('db', '10.0.0.2', { metadata: { labels: { app: 'db' } } }));
    const { of } = await start({
      extract: { metadata: ['k8s.pod.name'], labels: [{ tag_name: 'app', key: 'app' }] },
      pod_association: [
        { sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] },
        { sources: [{ from: 'resource_attribute', name: 'app' }, { from: 'connection' }] },
        { sources: [{ from: 'connection' }] },
      ],
    });
    expect(of('10.0.0.9', { 'k8s.pod.uid': 'uid-web' })).toMatchObject({ 'k8s.pod.name': 'web' });
    expect(of('10.0.0.2', { app: 'db' })).toMatchObject({ 'k8s.pod.name': 'db' });
    expect(of('10.0.0.1', { app: 'db' })).toEqual({ app: 'db' });
    expect(of('10.0.0.1')).toEqual({ 'k8s.pod.name': 'web' });
  });

  test('by container, and not by the address of a pod on the network of its host', async () => {
    const containerStatuses = ['one', 'two'].map((id) => ({ name: id, containerID: `x://${id}`, restartCount: 0 }));
    api.put('pods', pod('web', '10.0.0.1', { spec: { hostNetwork: true }, status: { containerStatuses } }));
    const { of } = await start({
      extract: { metadata: ['k8s.pod.name', 'k8s.container.name'] },
      pod_association: [
        { sources: [{ from: 'resource_attribute', name: 'container.id' }] },
        { sources: [{ from: 'connection' }] },
      ],
    });
    expect(of('10.0.0.1', { 'container.id': 'two' })).toEqual({
      'container.id': 'two',
      'k8s.pod.name': 'web',
      'k8s.container.name': 'two',
    });
    expect(of('10.0.0.1')).toEqual({});
  });

  test('ignores excluded pods, by name and by annotation', async () => {
    const annotations = { 'opentelemetry.io/k8s-processor/ignore': ' True ' };
    api.put('pods', pod('ignored', '10.0.0.1', { metadata: { annotations } }));
    api.put('pods', pod('jaeger-agent-1', '10.0.0.2'));
    api.put('pods', pod('batch-7', '10.0.0.3'));
    const { of } = await start();
    expect([of('10.0.0.1'), of('10.0.0.2')]).toEqual([{}, {}]);
    expect(of('10.0.0.3')).toMatchObject({ 'k8s.pod.name': 'batch-7' });
    const other = await start({ exclude: { pods: [{ name: '^batch-' }] } });
    expect(other.of('10.0.0.3')).toEqual({});
  });
});

test('passthrough adds the address of the client and needs no API server', async () => {
  const { of } = await start({ auth_type: 'serviceAccount', passthrough: true });
  expect(of('10.0.0.1')).toEqual({ 'k8s.pod.ip': '10.0.0.1' });
  expect(of('')).toEqual({});
  expect(api.requests).toEqual([]);
});

test('filters become selectors and paths of the API', async () => {
  vi.stubEnv('NODE', 'n,1');
  await start({
    filter: {
      namespace: 'airflow',
      node_from_env_var: 'NODE',
      labels: [
        { key: 'app', value: 'x' },
        { key: 'tier', value: 'y', op: 'not-equals' },
        { key: 'a', op: 'exists' },
        { key: 'b', op: 'does-not-exist' },
      ],
      fields: [{ key: 'status.phase', value: 'Failed', op: 'not-equals' }],
    },
  });
  const [{ pathname, searchParams }] = api.requests as [URL];
  expect(pathname).toBe('/api/v1/namespaces/airflow/pods');
  expect(searchParams.get('labelSelector')).toBe('app=x,tier!=y,a,!b');
  expect(searchParams.get('fieldSelector')).toBe('status.phase!=Failed,spec.nodeName=n\\,1');
});

describe('changes', () => {
  test('arrive by watch: new, changed, and deleted pods, these after the grace period', async () => {
    const { of, settings } = await start({ pod_delete_grace_period: '2m' });
    await eventually(() => expect(api.watches('pods')).toBe(1));
    api.put('pods', pod('web', '10.0.0.1'));
    await eventually(() => expect(of('10.0.0.1')).toEqual(defaults));
    api.put('pods', pod('web', '10.0.0.7'));
    await eventually(() => expect(of('10.0.0.7')).toEqual(defaults));
    settings.clock.advance(119_000);
    expect(of('10.0.0.1')).toEqual(defaults);
    settings.clock.advance(2_000);
    expect(of('10.0.0.1', { a: 'new' })).toEqual({ a: 'new' });
    api.remove('pods', 'uid-web');
    api.put('pods', pod('other', '10.0.0.8'));
    await eventually(() => expect(of('10.0.0.8')).toMatchObject({ 'k8s.pod.name': 'other' }));
    expect(of('10.0.0.7')).toEqual(defaults);
    settings.clock.advance(121_000);
    expect(of('10.0.0.7', { a: 'new' })).toEqual({ a: 'new' });
    expect(settings.measured('otelcol_otelsvc_k8s_pod_table_size')).toBe(1);
  });

  test('an owner that becomes known after its pod adds its attributes', async () => {
    const ownerReferences = [workload('ReplicaSet', 'web-abc')];
    api.put('pods', pod('web', '10.0.0.1', { metadata: { ownerReferences } }));
    const { of } = await start({ extract: { metadata: ['k8s.deployment.name', 'k8s.deployment.uid'] } });
    expect(of('10.0.0.1')).toEqual({});
    const metadata = { uid: 'uid-web-abc', name: 'web-abc', ownerReferences: [workload('Deployment', 'web', 'uid-d')] };
    api.put('replicasets', { metadata });
    await eventually(() =>
      expect(of('10.0.0.1')).toEqual({ 'k8s.deployment.name': 'web', 'k8s.deployment.uid': 'uid-d' }),
    );
  });

  test('an address belongs to the pod that was scheduled last', async () => {
    api.put('pods', pod('web', '10.0.0.1', { status: { startTime: '2026-01-02T04:00:00Z' } }));
    api.put('pods', pod('old', '10.0.0.1'));
    const { of } = await start();
    expect(of('10.0.0.1')).toMatchObject({ 'k8s.pod.name': 'web' });
  });

  test('reads a list completely that has several pages', async () => {
    for (let i = 0; i < 250; i++) api.put('pods', pod(`p${i}`, `10.0.1.${i}`));
    const { of } = await start();
    expect(of('10.0.1.249')).toMatchObject({ 'k8s.pod.name': 'p249' });
    expect(api.requests.filter(({ searchParams }) => searchParams.has('limit'))).toHaveLength(3);
  });

  test('a resource whose attributes do not change remains the same object', async () => {
    api.put('pods', pod('web', '10.0.0.1'));
    const { of, resourceOf } = await start();
    await eventually(() => expect(api.watches('pods')).toBe(1));
    const sent = resource({ a: '1' });
    const first = resourceOf(sent, '10.0.0.1');
    api.put('pods', pod('other', '10.0.0.2'));
    await eventually(() => expect(of('10.0.0.2')).toMatchObject({ 'k8s.pod.name': 'other' }));
    expect(resourceOf(sent, '10.0.0.1')).toBe(first);
    expect(resourceOf(sent, '10.0.0.9')).toBe(sent);
  });

  test('pipelines with the same processor share one copy of the cluster', async () => {
    const { config } = await start();
    const create = k8sAttributesProcessorFactory.create.traces!;
    const second = create(config, testSettings('k8s_attributes'), { consume: () => undefined });
    await second.start({ extension: () => undefined, fatal: () => {} });
    await eventually(() => expect(api.watches('pods')).toBe(1));
    expect(api.lists('pods')).toBe(1);
    await second.shutdown(AbortSignal.abort());
    expect(api.watches('pods')).toBe(1);
  });
});

describe('a failing API server', () => {
  test('a cut watch continues where it ended', async () => {
    const { of } = await start();
    await eventually(() => expect(api.watches('pods')).toBe(1));
    api.put('pods', pod('web', '10.0.0.1'));
    await eventually(() => expect(of('10.0.0.1')).toEqual(defaults));
    api.disconnect();
    api.put('pods', pod('other', '10.0.0.2'));
    await eventually(() => expect(of('10.0.0.2')).toMatchObject({ 'k8s.pod.name': 'other' }));
    expect(api.lists('pods')).toBe(1);
  });

  test.each(['status', 'event'] as const)('410 as %s: it lists again, and finds what was deleted', async (form) => {
    api.put('pods', pod('web', '10.0.0.1'));
    const { of, settings } = await start({ pod_delete_grace_period: 0 });
    await eventually(() => expect(api.watches('pods')).toBe(1));
    api.gone = form;
    api.removeUnseen('pods', 'uid-web');
    api.disconnect();
    await eventually(() => expect(api.lists('pods')).toBe(2));
    await eventually(() => expect(of('10.0.0.1', { a: '1' })).toEqual({ a: '1' }));
    expect(settings.logged.join()).not.toContain('410');
  });

  test('403 is logged once with the reason, and repeated until it succeeds. Data passes, and the health check stays healthy', async () => {
    api.forbidden.add('pods');
    const { settings, statuses, of } = await start({ wait_for_metadata: false });
    await eventually(() => expect(api.lists('pods')).toBeGreaterThan(1));
    const warnings = settings.logged.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('pods is forbidden');
    expect(statuses).toEqual([]);
    expect(of('10.0.0.1')).toEqual({});
    api.forbidden.clear();
    api.put('pods', pod('web', '10.0.0.1'));
    await eventually(() => expect(of('10.0.0.1')).toEqual(defaults));
    expect(settings.logged.join()).toContain('succeeded again');
  });

  test('with wait_for_metadata, the start fails after the timeout and says why', async () => {
    api.forbidden.add('pods');
    await expect(start({ wait_for_metadata_timeout: '300ms' })).rejects.toThrow(
      /^failed to wait for caches to sync \(pods: pods is forbidden/,
    );
    api.forbidden.clear();
    api.isSilent = true;
    await expect(start({ wait_for_metadata_timeout: '300ms' })).rejects.toThrow('failed to wait for caches to sync');
  });

  test('an event that is not JSON does not end the watch for good', async () => {
    const { of } = await start();
    await eventually(() => expect(api.watches('pods')).toBe(1));
    api.sendRaw('pods', 'not json\n');
    api.put('pods', pod('web', '10.0.0.1'));
    await eventually(() => expect(of('10.0.0.1')).toEqual(defaults));
  });

  test('objects above max_objects are ignored, logged once, and counted', async () => {
    for (const i of [1, 2, 3, 4]) api.put('pods', pod(`p${i}`, `10.0.0.${i}`));
    const { of, settings } = await start({ max_objects: 2 });
    expect(of('10.0.0.2')).toMatchObject({ 'k8s.pod.name': 'p2' });
    expect(of('10.0.0.3')).toEqual({});
    const labels = { processor: 'k8s_attributes' };
    expect(settings.measured('pitot_k8s_attributes_ignored_objects_total', labels)).toBe(2);
    expect(settings.logged.filter((line) => line.includes('max_objects'))).toHaveLength(1);
  });
});

test('trusts the certificate authority of the kubeconfig, and no other', async () => {
  const authority = makeCertificate('authority');
  const secure = await new KubernetesApi(makeCertificate('server', authority)).start();
  try {
    secure.put('pods', pod('web', '10.0.0.1'));
    vi.stubEnv('KUBECONFIG', secure.kubeConfig(authority.cert));
    const { of } = await start();
    expect(of('10.0.0.1')).toEqual(defaults);
    vi.stubEnv('KUBECONFIG', secure.kubeConfig(makeCertificate('other').cert));
    await expect(start({ wait_for_metadata_timeout: '500ms' })).rejects.toThrow(/certificate/);
  } finally {
    await secure.stop();
  }
});

test('outside a cluster, the start fails', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
  await expect(start({ auth_type: 'serviceAccount' })).rejects.toThrow(
    'unable to load k8s config, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
  );
});

describe('the start fails and names the setting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-kube-'));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const connecting = 'error connecting to k8s with auth_type=kubeConfig:';
  const none = `${connecting} invalid configuration: no configuration has been provided`;
  const clusters = 'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]';
  const contexts = 'contexts: [{name: dev, context: {cluster: c, user: u}}]';
  const kubeconfig = `{apiVersion: v1, kind: Config, ${clusters}, users: [{name: u, user: {}}], ${contexts}}`;
  test.each([
    ['a kubeconfig that does not exist', join(folder, 'nope'), '', none, 'auth_type'],
    ['one that is not YAML', file('bad', 'a: ['), '', `${connecting} error loading config file`, 'auth_type'],
    ['one without a current context', file('none', kubeconfig), '', none, 'auth_type'],
    ['an unknown context', file('dev', kubeconfig), 'prod', `${connecting} context "prod" does not exist`, 'context'],
  ])('%s', async (_, path, context, message, key) => {
    vi.stubEnv('KUBECONFIG', path);
    const error = await loadKubeConfig({ authType: 'kubeConfig', context }).then(undefined, (each) => each);
    expect(error).toBeInstanceOf(SettingError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), keys: [key] });
  });

  test('a context that exists is used', async () => {
    vi.stubEnv('KUBECONFIG', file('good', kubeconfig));
    const loaded = await loadKubeConfig({ authType: 'kubeConfig', context: 'dev' });
    expect(loaded.getCurrentCluster()?.server).toBe('https://127.0.0.1:1');
  });

  test('no kubeconfig at all', async () => {
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', folder);
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
    await expect(loadKubeConfig({ authType: 'kubeConfig', context: '' })).rejects.toThrow(none);
  });

  test('a pod without a token', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '10.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', '443');
    const access = { authType: 'serviceAccount', context: '' };
    const missing = join(folder, 'token');
    await expect(loadKubeConfig(access, missing)).rejects.toThrow(`open ${missing}: no such file or directory`);
    const loaded = await loadKubeConfig(access, file('given', 'secret'));
    expect(loaded.getCurrentCluster()?.server).toBe('https://10.0.0.1:443');
  });
});

test.each([
  [{ auth_type: 'x' }, 'invalid authType for kubernetes: x'],
  [{ extract: { metadata: ['k8s.pod.nam'] } }, '"k8s.pod.nam" is not a supported metadata field'],
  [{ extract: { labels: [{ key: 'a', key_regex: 'b' }] } }, 'Out of Key or KeyRegex only one option is expected'],
  [{ extract: { labels: [{ key: 'a', from: 'service' }] } }, 'service is not a valid choice for From'],
  [{ extract: { labels: [{ key_regex: '(' }] } }, 'missing closing'],
  [{ filter: { labels: [{ key: 'a', value: 'b', op: 'in' }] } }, "'in' is not a valid label filter operation"],
  [{ filter: { node_from_env_var: 'NO_SUCH' } }, 'envvar "NO_SUCH" is not set'],
  [{ pod_association: [{ sources: [] }, { sources: [] }] }, 'duplicate pod association'],
  [{ pod_association: [{ from: 'connection' }] }, 'invalid keys: from'],
  [{ exclude: { pods: [{ name: '(' }] } }, 'invalid pod exclude name'],
  [{ watch_sync_period: -1 }, 'watch_sync_period must be greater than or equal to 0'],
])('%j is an error', (raw, message) => {
  expect(() => configured(raw)).toThrow(message);
});

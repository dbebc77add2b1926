import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import type { RingHistory } from '#sharding/ring-history.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { KubernetesApi } from '../../../test/support/kubernetes-api.ts';
import { MemoryStorage } from '../../../test/support/memory-storage.ts';
import { gauge, number, request } from '../../../test/support/pdata.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { loadBalancingConfig } from './config.ts';
import { LoadBalancer } from './load-balancer.ts';
import { LoadBalancingExporter } from './load-balancing-exporter.ts';
import { createResolver } from './resolvers/create-resolver.ts';
import { DnsResolver } from './resolvers/dns-resolver.ts';
import { KubernetesResolver } from './resolvers/kubernetes-resolver.ts';
import { serviceNameOf } from './resolvers/kubernetes-service.ts';
import { metricsSplit } from './split/split-by-owner.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Returns the names of metrics that a gRPC receiver on a port gets. */
async function receiver(port: number): Promise<string[]> {
  const names: string[] = [];
  const server = new Server();
  const asIs = (bytes: Buffer) => bytes;
  const service = {
    export: {
      path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      requestStream: false,
      responseStream: false,
      ...{ requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs },
    },
  };
  server.addService(service, {
    export: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      names.push(...namesIn(new MetricsDecoder().decode(call.request)));
      done(null, Buffer.alloc(0));
    },
  });
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  cleanups.push(() => server.forceShutdown());
  return names;
}

function namesIn({ resourceMetrics }: Metrics): string[] {
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)),
  );
}

function configOf(raw: object) {
  const parsed = parseConfig(loadBalancingConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const otlp = {
  tls: { insecure: true },
  retry_on_failure: { initial_interval: '20ms', max_interval: '50ms', max_elapsed_time: 0 },
};
const names = Array.from({ length: 60 }, (_, n) => `m${n}`);
const data = request({}, ...names.map((name) => gauge(name, number(1n))));

async function balancer(endpoints: readonly string[], storage?: MemoryStorage) {
  const queue = storage && { sending_queue: { storage: 'file_storage' } };
  const config = configOf({
    routing_key: 'metric',
    protocol: { otlp: { ...otlp, ...queue } },
    resolver: { static: { hostnames: endpoints } },
  });
  const rings: RingHistory[] = [];
  const split = metricsSplit(config);
  const made = new LoadBalancer({
    signal: 'metrics',
    config: config.protocol.otlp,
    settings: testSettings('load_balancing'),
    previous: [],
    split: (metrics, ring) => {
      rings.push(ring);
      return split(metrics, ring);
    },
    onAttempt: () => {},
  });
  made.start({ extension: () => storage, fatal: () => {} });
  await made.update(endpoints);
  cleanups.push(() => made.shutdown(AbortSignal.abort()));
  const ownedBy = (endpoint: string) => namesIn(split(data, rings.at(-1)!).get(endpoint)!).sort();
  return { made, ownedBy };
}

/** Makes a cluster's API that of this process. */
function useCluster(api: KubernetesApi): void {
  const before = process.env.KUBECONFIG;
  process.env.KUBECONFIG = api.kubeConfig();
  cleanups.push(() => {
    if (before === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = before;
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('it did not happen within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const endpointsOf = async (count: number) => {
  const ports = await freePorts(count);
  return ports.map((port) => ({ port, endpoint: `127.0.0.1:${port}` }));
};

describe('delivery', () => {
  test('each owner receives its share, and waits for what an owner misses that is away', async () => {
    const [a, b] = (await endpointsOf(2)) as [{ port: number; endpoint: string }, { port: number; endpoint: string }];
    const { made, ownedBy } = await balancer([a.endpoint, b.endpoint]);
    const atA = await receiver(a.port);
    await made.consume(data, noClientContext);
    await until(() => atA.length > 0);
    expect(atA.sort()).toEqual(ownedBy(a.endpoint));
    const atB = await receiver(b.port);
    await until(() => atB.length > 0);
    expect(atB.sort()).toEqual(ownedBy(b.endpoint));
    expect(atA.length + atB.length).toBe(names.length);
  });

  test('data that waits moves to its new owner when the ring changes', async () => {
    const [a, b, c] = await endpointsOf(3);
    const { made, ownedBy } = await balancer([a!.endpoint, b!.endpoint]);
    await made.consume(data, noClientContext);
    const atC = await receiver(c!.port);
    const atA = await receiver(a!.port);
    // The removed endpoint was never there; an added one takes over some keys of both.
    await made.update([a!.endpoint, c!.endpoint]);
    await until(() => new Set([...atA, ...atC]).size === names.length);
    expect([...new Set(atC)].sort()).toEqual(expect.arrayContaining(ownedBy(c!.endpoint)));
    expect(new Set([...atA, ...atC])).toEqual(new Set(names));
  });

  test('after a restart, a queue on disk of an endpoint that no longer exists moves to the others', async () => {
    const [a, b, c] = await endpointsOf(3);
    const storage = new MemoryStorage();
    const { made } = await balancer([a!.endpoint, b!.endpoint], storage);
    await made.consume(data, noClientContext);
    await made.shutdown(AbortSignal.timeout(100));
    const atC = await receiver(c!.port);
    await balancer([c!.endpoint], storage);
    await until(() => new Set(atC).size === names.length);
    expect(new Set(atC)).toEqual(new Set(names));
  });

  test('while a ring changes in both directions and requests are in flight, each item arrives', async () => {
    const [a, b, c] = await endpointsOf(3);
    const { made } = await balancer([a!.endpoint, b!.endpoint]);
    const arrived = await Promise.all([receiver(a!.port), receiver(b!.port), receiver(c!.port)]);
    const sent: string[] = [];
    const changes = [[a!, b!, c!], [a!], [b!, c!], [a!, b!]];
    for (const [round, endpoints] of changes.entries()) {
      const own = names.map((name) => `r${round}_${name}`);
      sent.push(...own);
      const consumed = made.consume(request({}, ...own.map((name) => gauge(name, number(1n)))), noClientContext);
      await made.update(endpoints.map(({ endpoint }) => endpoint));
      await consumed;
    }
    await until(() => new Set(arrived.flat()).size === sent.length);
    expect(new Set(arrived.flat())).toEqual(new Set(sent));
  });

  test('clients send again while no endpoint is known', async () => {
    const { made } = await balancer([]);
    await expect(made.consume(data, noClientContext)).rejects.toThrow('the resolver has found no endpoints yet');
  });
});

describe('resolvers', () => {
  test('dns: all addresses with the port; a failed lookup changes nothing', async () => {
    const answers: ({ address: string; family: number }[] | Error)[] = [
      [
        { address: '10.0.0.2', family: 4 },
        { address: '::1', family: 6 },
      ],
      new Error('no such host'),
    ];
    const changes: (readonly string[])[] = [];
    const resolutions: boolean[] = [];
    const { logger, logged } = testSettings('load_balancing');
    const resolver = new DnsResolver({
      hostname: 'backends',
      port: '4317',
      intervalMs: 5,
      timeoutMs: 1_000,
      logger,
      onResolution: (success) => resolutions.push(success),
      lookUp: async () => {
        const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    await resolver.start((endpoints) => changes.push(endpoints));
    await until(() => resolutions.length > 3);
    await resolver.stop();
    expect(changes).toEqual([['10.0.0.2:4317', '[::1]:4317']]);
    expect(resolutions.slice(0, 3)).toEqual([true, false, false]);
    expect(logged.filter((entry) => entry.includes('failed to resolve'))).toHaveLength(1);
  });

  test.each([
    ['resource', ['10.0.0.1']],
    ['series', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
  ])('k8s: with routing_key %s, pods that are not ready: %j', async (routingKey, expected) => {
    const api = await new KubernetesApi().start();
    cleanups.push(() => api.stop());
    useCluster(api);
    const endpoint = (address: string, conditions?: object) => ({ addresses: [address], conditions });
    const slice = {
      metadata: { uid: 'a', name: 'a' },
      endpoints: [
        endpoint('10.0.0.1'),
        endpoint('10.0.0.2', { ready: false, serving: false, terminating: false }),
        endpoint('10.0.0.3', { ready: false, serving: true, terminating: true }),
      ],
    };
    api.put('endpointslices', slice);
    const config = configOf({ routing_key: routingKey, resolver: { k8s: { service: 'pitot.airflow' } } });
    const changes: (readonly string[])[] = [];
    const resolver = createResolver(config, testSettings('load_balancing').logger, () => {});
    await resolver.start((endpoints) => changes.push(endpoints));
    cleanups.push(() => resolver.stop());
    expect(changes.at(-1)).toEqual(expected);
  });

  test('an empty answer keeps the endpoints, and data waits for them', async () => {
    const [a, b] = await endpointsOf(2);
    const api = await new KubernetesApi().start();
    cleanups.push(() => api.stop());
    useCluster(api);
    const settings = testSettings('load_balancing');
    const config = configOf({
      routing_key: 'metric',
      protocol: { otlp },
      resolver: { k8s: { service: 'pitot.airflow', ports: [a!.port, b!.port] } },
    });
    const slice = { metadata: { uid: 'a', name: 'a' }, endpoints: [{ addresses: ['127.0.0.1'] }] };
    api.put('endpointslices', slice);
    const exporter = new LoadBalancingExporter('metrics', config, settings, metricsSplit(config));
    await exporter.start({ extension: () => undefined, fatal: () => {} });
    cleanups.push(() => exporter.shutdown(AbortSignal.abort()));
    await until(() => api.watches('endpointslices') > 0);
    api.remove('endpointslices', 'a');
    await until(() =>
      settings.logged.some((entry) => entry.includes('found no endpoints; the previous ones are kept')),
    );
    await exporter.consume(data, noClientContext);
    const arrived = await Promise.all([receiver(a!.port), receiver(b!.port)]);
    await until(() => new Set(arrived.flat()).size === names.length);
    expect(arrived.map(({ length }) => length > 0)).toEqual([true, true]);
  });

  test('k8s: the addresses of the EndpointSlices of a Service, while they change', async () => {
    const api = await new KubernetesApi().start();
    cleanups.push(() => api.stop());
    useCluster(api);
    const slice = (uid: string, ...addresses: string[]) => ({
      metadata: { uid, name: uid },
      endpoints: [{ addresses, hostname: uid }],
    });
    api.put('endpointslices', slice('a', '10.0.0.1'));
    const changes: (readonly string[])[] = [];
    const resolver = new KubernetesResolver({
      service: { name: 'pitot', namespace: 'airflow' },
      ports: [14317],
      returnHostnames: false,
      keepsNotReady: false,
      timeoutMs: 5_000,
      logger: testSettings('load_balancing').logger,
      onResolution: () => {},
    });
    await resolver.start((endpoints) => changes.push(endpoints));
    cleanups.push(() => resolver.stop());
    expect(changes.at(-1)).toEqual(['10.0.0.1:14317']);
    await until(() => api.watches('endpointslices') > 0);
    api.put('endpointslices', slice('b', '10.0.0.2', 'fd00::2'));
    await until(() => changes.at(-1)!.length === 3);
    expect(changes.at(-1)).toEqual(['10.0.0.1:14317', '10.0.0.2:14317', '[fd00::2]:14317']);
    api.remove('endpointslices', 'a');
    await until(() => changes.at(-1)!.length === 2);
    const [{ pathname, searchParams }] = api.requests as [URL];
    expect(pathname).toBe('/apis/discovery.k8s.io/v1/namespaces/airflow/endpointslices');
    expect(searchParams.get('labelSelector')).toBe('kubernetes.io/service-name=pitot');
  });

  test.each([
    ['lb', { name: 'lb', namespace: undefined }],
    ['lb.ns', { name: 'lb', namespace: 'ns' }],
    ['lb.ns.svc.cluster.local', { name: 'lb', namespace: 'ns' }],
    ['', 'no service specified to resolve the backends'],
    ['lb..svc', 'invalid Kubernetes service FQDN: namespace segment missing in "lb..svc"'],
    ['lb.ns.pod.x', `invalid Kubernetes service FQDN: expected third DNS label to be 'svc' in "lb.ns.pod.x"`],
    ['lb.ns.svc', 'invalid Kubernetes service FQDN: missing cluster domain in "lb.ns.svc"'],
  ])('k8s: service %j', (service, expected) => {
    expect(serviceNameOf(service)).toEqual(expected);
  });
});

test.each([
  [{ resolver: {} }, 'no resolvers specified for the exporter'],
  [{ resolver: { static: { hostnames: [] } } }, 'no endpoints specified for the static resolver'],
  [{ resolver: { static: { hostnames: ['a'] }, dns: { hostname: 'b' } } }, 'only one resolver should be specified'],
  [{ resolver: { aws_cloud_map: {} } }, 'aws_cloud_map is not supported by pitot'],
  [{ resolver: { dns: {} } }, 'no hostname specified to resolve the backends'],
  [{ routing_key: 'pod' }, 'unsupported routing_key: "pod"'],
  [{ routing_key: 'attributes' }, 'routing_attributes must be specified when routing_key is "attributes"'],
  [{ routing_attributes: ['a'] }, 'routing_attributes can only be used when routing_key is "attributes"; got ""'],
  [
    {
      routing_key: 'series',
      resolver: { static: { hostnames: ['a'], previous: [{ hostnames: ['b'], until: 'soon' }] } },
    },
    'until must be a time such as 2026-11-28T12:00:00Z, found "soon"',
  ],
])('refuses %j', (raw, message) => {
  const parsed = parseConfig(loadBalancingConfig, { resolver: { static: { hostnames: ['a'] } }, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const problems = validateConfig(loadBalancingConfig, parsed.value);
  expect(JSON.stringify(problems.map((problem) => problem.message)).replaceAll('\\"', '"')).toContain(message);
});

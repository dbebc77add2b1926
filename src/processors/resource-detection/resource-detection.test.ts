import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AnyValue } from '#pdata/attributes.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { gauge, number, request, resource } from '../../../test/support/pdata.ts';
import { startStage } from '../../../test/support/processors.ts';
import { AttributeCollector } from './detector.ts';
import { detectDynatrace, detectElasticBeanstalk } from './detectors/files.ts';
import { canonicalInHosts } from './detectors/host-name.ts';
import { describeSystem, distribution } from './detectors/os-release.ts';
import { setProcessor } from './detectors/processor.ts';
import { resourceDetectionProcessorFactory } from './factory.ts';

let server: Server | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.close();
  server = undefined;
});

const values = (entries: readonly { readonly key: string; readonly value: AnyValue }[]) =>
  Object.fromEntries(
    entries.map(({ key, value }) => [
      key,
      typeof value === 'object' && 'kind' in value && value.kind === 'array' ? [...value.values] : value,
    ]),
  );

/** Starts the processor and returns the resource of a request that it passes on. */
async function detect(config: object, attributes: Record<string, string> = {}) {
  const stage = await startStage('metrics', resourceDetectionProcessorFactory as never, config);
  const output = await stage.send(request({ resource: resource(attributes) }, gauge('m', number(1n))));
  const part = output!.resourceMetrics[0]!;
  return {
    attributes: values(part.resource.attributes.entries),
    schemaUrl: part.schemaUrl,
    logged: stage.settings.logged,
  };
}

describe('env', () => {
  test.each([
    ['a=b', { a: 'b' }],
    [' a = b , c=d%20e+f,empty=', { a: 'b', c: 'd e f', empty: '' }],
    ['service.name=x,service.name=y', { 'service.name': 'y' }],
    ['a=%C3%A9', { a: 'é' }],
    ['', {}],
  ])('%j', async (text, expected) => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', text);
    expect((await detect({})).attributes).toEqual(expected);
  });

  test.each([
    ['nothing', 'invalid resource format: "nothing"'],
    ['a=b,c', 'invalid resource format, invalid text: "c"'],
    ['é,a=b', 'invalid resource format, invalid text: "é"'],
    ['a=%zz', 'invalid resource format in attribute: "a=%zz", err: invalid URL escape "%zz"'],
    ['a=%', 'invalid resource format in attribute: "a=%", err: invalid URL escape "%"'],
  ])('%j is an error at start', async (text, message) => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', text);
    await expect(detect({ retry: { enabled: false } })).rejects.toThrow(message);
  });

  test('keeps the attributes that the settings select', async () => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'k8s.pod.name=p,k8s.pod.uid=u,service.name=s');
    const { attributes } = await detect({ env: { attributes: { included: ['k8s.*'], excluded: ['*.ui?'] } } });
    expect(attributes).toEqual({ 'k8s.pod.name': 'p' });
  });
});

test('detected attributes replace those of the resource unless override is false', async () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'a=detected,b=2');
  expect((await detect({}, { a: '1', z: '9' })).attributes).toEqual({ a: 'detected', z: '9', b: '2' });
  expect((await detect({ override: false }, { a: '1' })).attributes).toEqual({ a: '1', b: '2' });
});

test('the first detector that sets an attribute takes precedence', async () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'host.name=given');
  const config = { system: { hostname_sources: ['os'] } };
  const first = await detect({ ...config, detectors: ['env', 'system'] });
  expect(first.attributes['host.name']).toBe('given');
  const second = await detect({ ...config, detectors: [' system', 'env'] });
  expect(second.attributes['host.name']).toBe(hostname());
  expect(second.schemaUrl).toBe('https://opentelemetry.io/schemas/1.43.0');
});

test('system sets the attributes that are enabled', async () => {
  const enabled = ['host.arch', 'host.id', 'host.ip', 'host.mac', 'host.interface', 'os.description', 'os.build_id'];
  const off = { 'host.name': { enabled: false } };
  const resource_attributes = { ...off, ...Object.fromEntries(enabled.map((key) => [key, { enabled: true }])) };
  const { attributes } = await detect({ detectors: ['system'], system: { resource_attributes } });
  expect(attributes['host.name']).toBeUndefined();
  expect(attributes['os.type']).toBe(process.platform === 'win32' ? 'windows' : process.platform);
  expect(attributes['host.interface']).not.toHaveLength(0);
  expect(attributes['os.build_id']).not.toBe('');
});

test('a name in /etc/hosts is the full name of the host', () => {
  const hosts = '127.0.0.1 localhost # web\n\n10.0.0.7\tweb.example.com  web alias # comment\n';
  expect(canonicalInHosts('web', hosts)).toBe('web.example.com');
  expect(canonicalInHosts('localhost', hosts)).toBe('localhost');
  expect(canonicalInHosts('other', hosts)).toBeUndefined();
});

test.each([
  [{ osRelease: 'ID=alpine\nVERSION_ID=3.22.1\n' }, { name: 'alpine', version: '3.22.1' }],
  [
    { osRelease: 'ID=debian\nVERSION_ID="12"', debianVersion: '12.5\n' },
    { name: 'debian', version: '12.5' },
  ],
  [
    { lsbRelease: 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04', debianVersion: 'trixie/sid\n' },
    { name: 'ubuntu', version: '24.04' },
  ],
])('distribution %#', (files, expected) => {
  expect(distribution(files)).toEqual(expected);
  expect(describeSystem({ osRelease: 'PRETTY_NAME="A B"' })).toMatch(/^A B \(\w+ /);
});

test('attributes of the processor come from /proc/cpuinfo', () => {
  const found = new AttributeCollector(() => true);
  const info =
    'vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Xeon\nstepping\t: 7\ncache size\t: 36608 KB\n';
  setProcessor(found, info);
  expect(values(found.detected.attributes)).toEqual({
    'host.cpu.vendor.id': 'GenuineIntel',
    'host.cpu.family': '6',
    'host.cpu.model.id': '85',
    'host.cpu.model.name': 'Xeon',
    'host.cpu.stepping': '7',
    'host.cpu.cache.l2.size': 36608n,
  });
});

describe('docker', () => {
  const answers: Readonly<Record<string, unknown>> = {
    '/info': { OSType: 'linux', Name: 'node-1', Other: 1 },
    [`/containers/${hostname()}/json`]: { Name: '/pitot', Image: 'sha256:1' },
  };
  const listen = async () => {
    server = createServer(({ url }, response) => {
      const answer = answers[url!];
      response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
    });
    const socket = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'docker.sock');
    await new Promise<void>((done) => server!.listen(socket, done));
    vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
  };

  test('queries the engine for the host and, if enabled, the container', async () => {
    await listen();
    expect((await detect({ detectors: ['docker'] })).attributes).toEqual({ 'host.name': 'node-1', 'os.type': 'linux' });
    const resource_attributes = { 'container.name': { enabled: true }, 'container.image.name': { enabled: true } };
    expect((await detect({ detectors: ['docker'], docker: { resource_attributes } })).attributes).toEqual({
      'host.name': 'node-1',
      'os.type': 'linux',
      'container.name': '/pitot',
      'container.image.name': 'sha256:1',
    });
  });

  test('detects nothing without an engine, which is an error with fail_on_missing_metadata', async () => {
    vi.stubEnv('DOCKER_HOST', 'unix:///nonexistent/docker.sock');
    const config = { detectors: ['docker'], retry: { enabled: false } };
    expect((await detect(config)).attributes).toEqual({});
    await expect(detect({ ...config, fail_on_missing_metadata: true })).rejects.toThrow('docker metadata unavailable');
  });

  test('an engine that does not answer ends the start after the timeout', async () => {
    server = createServer(() => {}).listen(0);
    vi.stubEnv('DOCKER_HOST', `tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
    await expect(detect({ detectors: ['docker'], timeout: '100ms', fail_on_missing_metadata: true })).rejects.toThrow(
      /deadline|abort/,
    );
    server.closeAllConnections();
  });
});

describe('platforms', () => {
  const website = {
    WEBSITE_SITE_NAME: 'shop',
    WEBSITE_RESOURCE_GROUP: 'rg',
    WEBSITE_OWNER_NAME: 'sub-1+rg-CentralUSwebspace',
    REGION_NAME: 'Central US',
    WEBSITE_SLOT_NAME: 'staging',
    WEBSITE_INSTANCE_ID: 'i-1',
  };
  const ofWebsite = {
    'azure.resource_group.name': 'rg',
    'cloud.account.id': 'sub-1',
    'cloud.provider': 'azure',
    'cloud.region': 'Central US',
    'cloud.resource_id': '/subscriptions/sub-1/resourceGroups/rg/providers/Microsoft.Web/sites/shop',
    'service.name': 'shop',
  };
  test.each([
    [
      'lambda',
      {
        AWS_LAMBDA_FUNCTION_NAME: 'f',
        AWS_REGION: 'eu',
        AWS_LAMBDA_LOG_STREAM_NAME: 's',
        AWS_LAMBDA_LOG_GROUP_NAME: 'g',
      },
      {
        'cloud.provider': 'aws',
        'cloud.platform': 'aws_lambda',
        'cloud.region': 'eu',
        'faas.name': 'f',
        'faas.instance': 's',
        'aws.log.group.names': ['g'],
        'aws.log.stream.names': ['s'],
      },
    ],
    [
      'heroku',
      { HEROKU_DYNO_ID: 'd', HEROKU_APP_ID: 'a', HEROKU_APP_NAME: 'n', HEROKU_RELEASE_VERSION: 'v1' },
      {
        'service.instance.id': 'd',
        'heroku.app.id': 'a',
        'cloud.provider': 'heroku',
        'service.name': 'n',
        'service.version': 'v1',
      },
    ],
    [
      'azureappservice',
      website,
      {
        ...ofWebsite,
        'cloud.platform': 'azure.app_service',
        'deployment.environment.name': 'staging',
        'azure.app_service.instance.id': 'i-1',
      },
    ],
    [
      'azurefunctions',
      { ...website, FUNCTIONS_WORKER_RUNTIME: 'node' },
      { ...ofWebsite, 'cloud.platform': 'azure.functions', 'faas.instance': 'i-1' },
    ],
    [
      'azurecontainerapps',
      { CONTAINER_APP_NAME: 'app', CONTAINER_APP_REPLICA_NAME: 'r' },
      {
        'azure.container_app.instance.id': 'r',
        'cloud.platform': 'azure.container_apps',
        'cloud.provider': 'azure',
        'service.name': 'app',
      },
    ],
  ])('%s', async (name, variables, expected) => {
    const required = { detectors: [name], fail_on_missing_metadata: true, retry: { enabled: false } };
    await expect(detect(required)).rejects.toThrow('metadata unavailable');
    expect((await detect({ detectors: [name] })).attributes).toEqual({});
    for (const [key, value] of Object.entries(variables)) vi.stubEnv(key, value);
    expect((await detect({ detectors: [name] })).attributes).toEqual(expected);
  });

  test('elastic_beanstalk and dynatrace read a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitot-'));
    const found = new AttributeCollector(() => true);
    expect(await detectElasticBeanstalk(found, join(folder, 'none'))).toBe(false);
    writeFileSync(join(folder, 'conf'), '{"deployment_id":23,"version_label":"v","environment_name":"e"}');
    expect(await detectElasticBeanstalk(found, join(folder, 'conf'))).toBe(true);
    expect(values(found.detected.attributes)).toMatchObject({ 'service.instance.id': '23', 'service.version': 'v' });
    writeFileSync(join(folder, 'bad'), '{');
    await expect(detectElasticBeanstalk(found, join(folder, 'bad'))).rejects.toThrow('JSON');

    const { logger, logged } = testSettings();
    expect((await detectDynatrace(logger, folder)).attributes).toEqual([]);
    writeFileSync(
      join(folder, 'dt_host_metadata.properties'),
      'host.name=h\nother=1\nbad line\ndt.entity.host=HOST-1\n',
    );
    expect(values((await detectDynatrace(logger, folder)).attributes)).toEqual({
      'host.name': 'h',
      'dt.entity.host': 'HOST-1',
    });
    expect(logged).toHaveLength(1);
  });
});

describe('detectors that pitot does not support', () => {
  const create = (detectors: string[]) => detect({ detectors });

  test('are ignored next to another one, and the remark names them', async () => {
    expect((await create(['env', 'gcp', 'ec2'])).attributes).toEqual({});
    const { configSchema, remarks } = resourceDetectionProcessorFactory;
    const config = configSchema.parse({ detectors: ['env', ' gcp', 'ec2'] });
    expect(remarks!(config).map(({ fields }) => fields.detector)).toEqual(['gcp', 'ec2']);
  });

  test('alone are an error', async () => {
    await expect(create(['gcp', 'eks'])).rejects.toThrow('pitot supports none of its detectors (gcp, eks)');
  });

  test('an unknown one is an error with the names', async () => {
    await expect(create(['enw'])).rejects.toThrow(
      /^detector "enw" is not compiled into this binary; compiled .*vultr\]$/,
    );
  });
});

test('invalid settings are reported', async () => {
  const wrong = { detectors: ['system'], system: { hostname_sources: ['os', 'x'] } };
  await expect(detect(wrong)).rejects.toThrow('hostname_sources contains invalid value: "x"');
  await expect(detect({ timeout: 0 })).rejects.toThrow('retry.enabled requires either timeout > 0');
  await expect(detect({ system: { resource_attributes: { 'host.nam': { enabled: true } } } })).rejects.toThrow(
    'host.nam',
  );
});

test('a refresh applies changes, and keeps the previous resource if it fails', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'a=1');
    const config = { refresh_interval: '1m', retry: { enabled: false } };
    const stage = await startStage('metrics', resourceDetectionProcessorFactory as never, config);
    const sent = request({}, gauge('m', number(1n)));
    const current = async () => values((await stage.send(sent))!.resourceMetrics[0]!.resource.attributes.entries);
    expect(await current()).toEqual({ a: '1' });
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'a=2');
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(async () => expect(await current()).toEqual({ a: '2' }));
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'broken');
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() => expect(stage.settings.logged.join()).toContain('keeping previous snapshot'));
    expect(await current()).toEqual({ a: '2' });
  } finally {
    vi.useRealTimers();
  }
});

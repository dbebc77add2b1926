import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import { Collector, systemClock } from '#collector.ts';
import { factoriesFor } from '#components.ts';
import { ConfigError } from '#config/config-error.ts';
import { makeCertificate } from '../../test/support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'pitot-'));
const file = join(folder, 'config.yaml');
const started: Collector[] = [];
afterEach(() => Promise.all(started.splice(0).map((collector) => collector.shutdown())));

function collectorOf(config: string): Collector {
  writeFileSync(file, config);
  return new Collector({
    build: buildInfoFor('otelcol-contrib'),
    factories: factoriesFor,
    source: { locations: [file], environment: {} },
    clock: systemClock,
    shutdownTimeoutMs: 10_000,
  });
}

const failureOf = async (action: () => Promise<unknown>): Promise<ConfigError> => {
  const error = await action().then(
    () => new Error('it succeeded'),
    (reason: Error) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
};

async function startFailure(config: string): Promise<ConfigError> {
  const collector = collectorOf(config);
  started.push(collector);
  return failureOf(() => collector.start());
}

const silent = 'telemetry: {metrics: {level: none}, logs: {level: fatal}}';
const withEndpoint = (endpoint: string) => `
receivers:
  otlp:
    protocols:
      http:
        endpoint: ${endpoint}
exporters: {nop: {}}
service: {${silent}, pipelines: {metrics: {receivers: [otlp], exporters: [nop]}}}
`;
const key = 'receivers::otlp::protocols::http::endpoint';
const failed = 'cannot start pipelines: failed to start "otlp" receiver:';

test('an address of another machine', async () => {
  const { message, hints } = await startFailure(withEndpoint('192.0.2.7:22990'));
  expect(message).toBe(`${failed} listen tcp 192.0.2.7:22990: bind: cannot assign requested address`);
  expect(hints).toEqual([
    `hint: ${file}:6:9: ${key}: this machine does not have the address; write 0.0.0.0 or localhost instead`,
  ]);
});

test('a port that is in use', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  try {
    const { hints } = await startFailure(withEndpoint(`127.0.0.1:${port}`));
    expect(hints).toEqual([expect.stringContaining(`hint: ${file}:6:9: ${key}: another process uses this port`)]);
    const own = `readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${port}}}}}]`;
    const telemetry = `telemetry: {metrics: {${own}}, logs: {level: fatal}}`;
    const { hints: ofTelemetry } = await startFailure(withEndpoint('127.0.0.1:0').replace(silent, telemetry));
    expect(ofTelemetry).toEqual([
      expect.stringMatching(/:8:\d+: service::telemetry::metrics::readers: another process/),
    ]);
  } finally {
    server.close();
  }
});

test('a name without an address', async () => {
  const { hints } = await startFailure(withEndpoint('nothing.invalid:22990'));
  expect(hints).toEqual([`hint: ${file}:6:9: ${key}: this name has no address; write 0.0.0.0 or localhost instead`]);
});

test('an extension', async () => {
  const { message, hints } = await startFailure(
    withEndpoint('127.0.0.1:0')
      .replace('exporters: {', 'extensions: {health_check: {endpoint: "192.0.2.7:22990"}}\nexporters: {')
      .replace('pipelines', 'extensions: [health_check], pipelines'),
  );
  expect(message).toBe(
    'failed to start extensions: failed to bind to address 192.0.2.7:22990: listen tcp 192.0.2.7:22990: bind: cannot assign requested address',
  );
  expect(hints[0]).toContain(`${file}:7:29: extensions::health_check::endpoint: this machine`);
});

test('a component without an address has the place of the component', async () => {
  const { hints } = await startFailure(
    withEndpoint('127.0.0.1:0')
      .replace('exporters: {', 'processors:\n  k8s_attributes: {auth_type: none}\nexporters: {')
      .replace('exporters: [nop]', 'processors: [k8s_attributes], exporters: [nop]'),
  );
  expect(hints[0]).toContain(`${file}:8:20: processors::k8s_attributes::auth_type: pitot does not run in Kubernetes`);
});

const { cert, key: privateKey } = makeCertificate('server');
const { key: otherKey } = makeCertificate('other');
const written = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const certFile = written('cert.pem', cert);
const keyFile = written('key.pem', privateKey);
const withTls = (tls: string) =>
  withEndpoint('127.0.0.1:0').replace('endpoint: 127.0.0.1:0', `endpoint: 127.0.0.1:0\n        tls: {${tls}}`);
const loading = `${failed} failed to load TLS config: failed to load TLS cert and key:`;

test.each([
  [
    'a certificate that does not exist',
    `cert_file: /nope.pem, key_file: ${keyFile}`,
    'cert_file',
    `${loading} open /nope.pem: no such file or directory`,
    'mount the file',
  ],
  [
    'a key that does not exist',
    `cert_file: ${certFile}, key_file: /nope.key`,
    'key_file',
    `${loading} open /nope.key: no such file or directory`,
    'mount the file',
  ],
  [
    'a key of another certificate',
    `cert_file: ${certFile}, key_file: ${written('other.pem', otherKey)}`,
    'cert_file',
    loading,
    'belong together',
  ],
  [
    'an authority that does not exist',
    `cert_file: ${certFile}, key_file: ${keyFile}, client_ca_file: /nope.ca`,
    'client_ca_file',
    `${failed} failed to load client CA CertPool: failed to load CA /nope.ca:`,
    'mount the file',
  ],
  [
    'a file that is no certificate',
    `cert_file: ${file}, key_file: ${keyFile}`,
    'cert_file',
    loading,
    'belong together',
  ],
])('%s, at the start and in validate', async (_, tls, name, message, remedy) => {
  for (const error of [await startFailure(withTls(tls)), await failureOf(() => collectorOf(withTls(tls)).validate())]) {
    expect(error.message).toContain(message);
    expect(error.hints).toEqual([
      expect.stringMatching(`${file}:7:\\d+: receivers::otlp::protocols::http::tls::${name}: .*${remedy}`),
    ]);
  }
});

const withExtension = (settings: string) =>
  `extensions: {${settings}}\n${withEndpoint('127.0.0.1:0')}`.replace(
    'service: {',
    `service: {extensions: [${settings.split(':')[0]}], `,
  );

test.each([
  [
    'basicauth: {htpasswd: {file: /nope}}',
    'htpasswd::file',
    'open htpasswd file: open /nope: no such file or directory',
  ],
  [
    'basicauth: {client_auth: {username: a, password_file: /nope}}',
    'client_auth::password_file',
    'open /nope: no such file',
  ],
  ['bearertokenauth: {filename: /nope}', 'filename', 'open /nope: no such file or directory'],
])('a file of %s that does not exist, at the start and in validate', async (settings, keys, message) => {
  const text = withExtension(settings);
  for (const error of [await startFailure(text), await failureOf(() => collectorOf(text).validate())]) {
    expect(error.message).toContain(message);
    expect(error.hints).toEqual([expect.stringMatching(`extensions::\\w+::${keys}: the file does not exist`)]);
  }
});

test('validate accepts certificates that fit, and does not read those of unused components', async () => {
  expect(await collectorOf(withTls(`cert_file: ${certFile}, key_file: ${keyFile}`)).validate()).toEqual([]);
  const unused = 'prometheus: {endpoint: "127.0.0.1:0", tls: {cert_file: /nope, key_file: /nope}}';
  const remarks = await collectorOf(withEndpoint('127.0.0.1:0').replace('nop: {}', `nop: {}, ${unused}`)).validate();
  expect(remarks).toEqual([expect.stringContaining('exporters::prometheus: not in a pipeline; ignored')]);
});

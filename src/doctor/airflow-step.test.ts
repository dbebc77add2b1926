import { expect, test } from 'vitest';
import { parseEnvironment, parseMetricsSection, versionOf } from './airflow-settings.ts';
import { airflowStep } from './airflow-step.ts';

const on = { AIRFLOW__METRICS__OTEL_ON: 'True' };

function stepFor(environment: Readonly<Record<string, string>>, version?: string, config = '') {
  return airflowStep({ environment, metricsSection: parseMetricsSection(config), version: versionOf(version) });
}

test.each<[string, Readonly<Record<string, string>>, string, 'http' | 'grpc']>([
  [
    '2.11',
    { ...on, AIRFLOW__METRICS__OTEL_HOST: 'pitot', AIRFLOW__METRICS__OTEL_PORT: '4318' },
    'http://pitot:4318/v1/metrics',
    'http',
  ],
  [
    '3.1',
    {
      ...on,
      AIRFLOW__METRICS__OTEL_HOST: 'pitot',
      AIRFLOW__METRICS__OTEL_PORT: '443',
      AIRFLOW__METRICS__OTEL_SSL_ACTIVE: 'true',
    },
    'https://pitot/v1/metrics',
    'http',
  ],
  ['3.2', { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318/' }, 'http://pitot:4318/v1/metrics', 'http'],
  ['3.3', { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318/a' }, 'http://pitot:4318/a/v1/metrics', 'http'],
  [
    '3.3',
    { ...on, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://pitot:4318/v1/metrics' },
    'http://pitot:4318/v1/metrics',
    'http',
  ],
  [
    '3.3',
    { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    'http://pitot:4317/',
    'grpc',
  ],
  [
    '3.2',
    { ...on, AIRFLOW__METRICS__OTEL_HOST: 'pitot', AIRFLOW__METRICS__OTEL_PORT: '4318' },
    'http://pitot:4318/v1/metrics',
    'http',
  ],
])('Airflow %s with %j sends to %s', (version, environment, url, protocol) => {
  const { step, target } = stepFor(environment, version);
  expect(step.result).toBe('yes');
  expect(target?.url.href).toBe(url);
  expect(target?.protocol).toBe(protocol);
});

test.each<[string, Readonly<Record<string, string>>, RegExp, RegExp]>([
  ['3.3', { AIRFLOW_HOME: '/a' }, /OTEL_ON is not set/, /AIRFLOW__METRICS__OTEL_ON=True .*OTEL_EXPORTER_OTLP_ENDPOINT/],
  ['2.11', { AIRFLOW__METRICS__OTEL_ON: 'False' }, /OTEL_ON is "False"/, /AIRFLOW__METRICS__OTEL_PORT=4318/],
  ['3.3', { ...on, AIRFLOW__METRICS__STATSD_ON: 'True' }, /STATSD_ON is true/, /STATSD_ON=False/],
  ['2.10', on, /sends to http:\/\/localhost:8889/, /AIRFLOW__METRICS__OTEL_HOST=<host>/],
  [
    '3.0',
    { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318' },
    /Airflow 3\.0 ignores OTEL_EXPORTER_OTLP_ENDPOINT/,
    /OTEL_HOST/,
  ],
  ['3.2', on, /sends to http:\/\/None:None/, /OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/<host>:4318/],
  ['2.11', { ...on, AIRFLOW__METRICS__OTEL_HOST: 'pitot' }, /port 8889, which Prometheus reads/, /OTEL_PORT=4318/],
  ['3.3', { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:8889' }, /port 8889/, /ENDPOINT=http:\/\/pitot:4318\./],
  [
    '3.3',
    { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:13133' },
    /the health check/,
    /ENDPOINT=http:\/\/pitot:4318\./,
  ],
  ['3.3', { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:8890' }, /the console/, /ENDPOINT=http:\/\/pitot:4318\./],
  [
    '3.3',
    { ...on, OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' },
    /sends nothing/,
    /Unset OTEL_SDK_DISABLED/,
  ],
  [
    '3.3',
    { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318/v1/metrics' },
    /already has a path/,
    /OTEL_EXPORTER_OTLP_METRICS_ENDPOINT/,
  ],
  ['3.3', { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'pitot:4318' }, /is not a URL/, /http:\/\/<host>:4318/],
  ['3.3', { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4317' }, /HTTP is sent to port 4317/, /port 4318/],
  [
    '3.3',
    { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    /gRPC is sent to port 4318/,
    /port 4317/,
  ],
  [
    '3.3',
    { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    /protocol "http\/json" is not one/,
    /http\/protobuf/,
  ],
])('Airflow %s with %j: the fault and its remedy', (version, environment, text, remedy) => {
  const { step, target } = stepFor(environment, version);
  expect(step).toMatchObject({
    result: 'no',
    text: expect.stringMatching(text),
    remedy: expect.stringMatching(remedy),
  });
  expect(target).toBeUndefined();
});

test('the environment takes precedence over airflow.cfg', () => {
  const config =
    '[core]\notel_on = False\n[metrics]\n# a comment\notel_on = True\notel_host = a\notel_port = 4318\n[x]\n';
  expect(stepFor({}, '2.11', config).target?.url.host).toBe('a:4318');
  expect(stepFor({ AIRFLOW__METRICS__OTEL_HOST: 'b' }, '2.11', config).target?.url.host).toBe('b:4318');
});

test('without settings nothing is claimed; settings of an SDK alone are enough', () => {
  expect(stepFor({ PATH: '/bin' }).step.result).toBe('skipped');
  expect(stepFor({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318' }).target?.url.host).toBe('pitot:4318');
});

test('headers are those that the version reads', () => {
  const environment = {
    ...on,
    AIRFLOW__METRICS__OTEL_HOST: 'pitot',
    AIRFLOW__METRICS__OTEL_PORT: '4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a,b=%zz',
  };
  expect(stepFor(environment, '2.11').target?.headers).toEqual({});
  expect(stepFor(environment, '3.1').target?.headers).toEqual({ Authorization: 'Bearer a', b: '%zz' });
});

test('the output of env, and versions', () => {
  expect(parseEnvironment('A=1\nexport B="x y"\nC={\n  d\n}\r\nE=\n')).toEqual({
    A: '1',
    B: 'x y',
    C: '{\n  d\n}',
    E: '',
  });
  expect(versionOf('3.2.1')?.version).toBe('3.2');
  expect(versionOf('2.10.5+astro')?.version).toBe('2.10');
  expect(versionOf('9.0')?.version).toBe('3.3');
  expect(versionOf('2.7.1')?.version).toBe('2.10');
  expect(versionOf('latest')).toBeUndefined();
});

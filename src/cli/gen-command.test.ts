import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { buildInfoFor } from '#build-info.ts';
import { configFile } from '../../test/support/pitot.ts';
import { interpret } from './commands.ts';

const config = {
  receivers: {
    otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } },
    'otlp/unused': { protocols: { grpc: {} } },
  },
  exporters: {
    prometheus: { endpoint: '0.0.0.0:9100', tls: { cert_file: '/c', key_file: '/k' } },
    'prometheus/b': { endpoint: '127.0.0.1:9101' },
  },
  extensions: {
    health_check: { endpoint: '0.0.0.0:13133', path: '/ready' },
    file_storage: { directory: '/var/lib/totals' },
    'file_storage/b': { directory: '/data' },
  },
  service: {
    extensions: ['health_check', 'file_storage', 'file_storage/b'],
    telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888 } } } }] } },
    pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus', 'prometheus/b'] } },
  },
};

async function generated(kind: string, ...flags: readonly string[]): Promise<string> {
  const outcome = await interpret({ args: ['gen', kind, ...flags], build: buildInfoFor('pitot'), environment: {} });
  return 'print' in outcome ? outcome.print : '';
}

test('scrape jobs have the ports and schemes of the configuration', async () => {
  const text = await generated('scrape-config', `--config=${configFile(config)}`, '--host=pitot');
  expect(parse(text)).toEqual({
    scrape_configs: [
      { job_name: 'airflow', honor_labels: true, scheme: 'https', static_configs: [{ targets: ['pitot:9100'] }] },
      { job_name: 'airflow-2', honor_labels: true, static_configs: [{ targets: ['pitot:9101'] }] },
      { job_name: 'pitot', static_configs: [{ targets: ['pitot:8888'] }] },
    ],
  });
  expect(text).toMatch(/^# Port 9101 listens on this host only\. .*\nscrape_configs:/);
});

test('a ServiceMonitor selects the Service and has one endpoint for each output', async () => {
  const text = await generated('servicemonitor', `--config=${configFile(config)}`, '--selector=a/b=c,d=e');
  expect(parse(text)).toMatchObject({
    kind: 'ServiceMonitor',
    spec: {
      selector: { matchLabels: { 'a/b': 'c', d: 'e' } },
      endpoints: [
        { targetPort: 9100, path: '/metrics', honorLabels: true, scheme: 'https' },
        { targetPort: 9101, path: '/metrics', honorLabels: true },
        { targetPort: 8888, path: '/metrics' },
      ],
    },
  });
});

test('a Compose file mounts the configuration, publishes its ports, and keeps its storage', async () => {
  const file = configFile(config);
  const { services, volumes } = parse(await generated('compose', `--config=${file}`));
  expect(services.pitot).toMatchObject({
    command: ['--config=/etc/pitot/config.yaml'],
    ports: [
      '127.0.0.1:4318:4318',
      '127.0.0.1:8888:8888',
      '127.0.0.1:9100:9100',
      '127.0.0.1:9101:9101',
      '127.0.0.1:13133:13133',
    ],
    volumes: [`${file}:/etc/pitot/config.yaml:ro`, 'pitot:/var/lib/totals', 'pitot-2:/data'],
    healthcheck: { test: ['CMD', '/pitot', 'healthcheck', 'http://127.0.0.1:13133/ready'] },
  });
  expect(volumes).toEqual({ pitot: null, 'pitot-2': null });
  const builtIn = parse(await generated('compose'));
  expect(builtIn.services.pitot.volumes).toEqual(['pitot:/var/lib/pitot']);
});

test('a systemd unit starts this configuration and may write to its storage', async () => {
  const file = configFile(config);
  const unit = await generated('systemd', `--config=${file}`, '--executable=/opt/pitot');
  expect(unit).toContain(`\nExecStart=/opt/pitot --config=${file}\n`);
  expect(unit).toContain(`\nExecReload=/opt/pitot validate --config=${file}\n`);
  expect(unit).toContain('\nStateDirectory=totals\n');
  expect(unit).toContain('\nReadWritePaths=/data\n');
  expect(await generated('systemd')).toContain(
    '\nEnvironment=PITOT_STATE_DIR=/var/lib/pitot\nExecStart=/usr/bin/pitot\n',
  );
});

test('an unknown kind and an invalid configuration are refused', async () => {
  await expect(generated('helm')).rejects.toThrow(
    'cannot generate "helm"; use one of: alerts, dashboards, compose, scrape-config, servicemonitor, systemd',
  );
  await expect(generated('compose', '--config=yaml:exporters: {x: 1}')).rejects.toThrow();
});

test('alerts are those of the chart, as a file and as resources', async () => {
  const groups = (text: string) => parse(text).groups ?? parse(text).spec.groups;
  const names = (text: string) => groups(text).map(({ name }: { name: string }) => name);
  const file = await generated('alerts');
  const fromChart = ['agents', 'airflow', 'pitot'].flatMap((name) =>
    names(readFileSync(new URL(`../../helm/files/rules/${name}.yaml`, import.meta.url), 'utf8')),
  );
  expect(names(file)).toEqual(fromChart);
  const resource = await generated('alerts', '--format=resource');
  expect(parse(resource)).toMatchObject({ kind: 'PrometheusRule', spec: parse(file) });
  const other = await generated('alerts', '--format=resource', '--for=victoriametrics');
  expect(parse(other).kind).toBe('VMRule');
  expect(names(other)).toEqual(fromChart);
  expect(file).toContain('histogram_count(');
  expect(other).not.toContain('histogram_count(');
});

test('dashboards are ConfigMaps, or the JSON of one', async () => {
  const all = parseAllDocuments(await generated('dashboards')).map((document) => document.toJS());
  const one = await generated('dashboards', '--dashboard=airflow');
  expect(all.every(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels.grafana_dashboard === '1')).toBe(
    true,
  );
  expect(all.find(({ data }) => 'airflow.json' in data).data['airflow.json']).toBe(one);
  expect(JSON.parse(one).title).toBe('Airflow 3.3');
  const other = await generated('dashboards', '--dashboard=airflow', '--for=victoriametrics');
  expect(JSON.parse(other).uid).toBe(JSON.parse(one).uid);
  expect(other).not.toBe(one);
  await expect(generated('dashboards', '--dashboard=nope')).rejects.toThrow(
    'there is no dashboard "nope"; use one of: agents,',
  );
  await expect(generated('alerts', '--for=nope')).rejects.toThrow('must be prometheus or victoriametrics');
});

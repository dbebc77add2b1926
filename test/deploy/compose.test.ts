import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { airflowVariables } from '#airflow/versions.ts';
import { buildInfoFor } from '../../src/build-info.ts';
import { interpret } from '../../src/cli/commands.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[] | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
}

const deploy = join(import.meta.dirname, '../../deploy');
const read = (file: string) => readFileSync(join(deploy, file), 'utf8');
const { services, volumes } = parse(read('compose.yaml'), { merge: true });
const { airflow } = parse(read('compose.airflow.yaml')).services;
const { pitot, prometheus, grafana, demo }: Record<string, Service> = services;

/** Path inside the container → file on this machine. */
function mounts({ volumes: own }: Service): Map<string, string> {
  const pairs = own.filter((volume) => volume.startsWith('.')).map((volume) => volume.split(':') as [string, string]);
  return new Map(pairs.map(([source, target]) => [target, join(deploy, source)]));
}

test('every mounted file exists, and every named volume is declared', () => {
  for (const service of [pitot!, prometheus!, grafana!, airflow as Service]) {
    for (const file of mounts(service).values())
      expect(statSync(file).isFile() || statSync(file).isDirectory()).toBe(true);
    const named = service.volumes.filter((volume) => !volume.startsWith('.')).map((volume) => volume.split(':')[0]!);
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(named));
  }
});

test('all ports are on this machine only', () => {
  const ports = [pitot!, prometheus!, grafana!, airflow as Service].flatMap((service) => service.ports);
  expect(ports.filter((port) => !/^127\.0\.0\.1:(\d+):\1$/.test(port))).toEqual([]);
});

test("pitot's configuration is valid", async () => {
  const args = (pitot!.command as string[]).map((argument) => {
    const [, path] = argument.match(/^--config=(\/.*)$/) ?? [];
    return path === undefined ? argument : `--config=${mounts(pitot!).get(path)}`;
  });
  const line = { args: ['validate', ...args], build: buildInfoFor('pitot'), environment: {} };
  await expect(interpret(line)).resolves.toMatchObject({ print: '' });
});

test('the demo runs the image of pitot', () => {
  expect(demo!.image).toBe(pitot!.image);
});

test('Grafana finds its data source and its dashboards', () => {
  const files = mounts(grafana!);
  const [provider] = parse(read('compose/grafana/dashboards/pitot.yaml')).providers;
  const folder = files.get(provider.options.path)!;
  const home = grafana!.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!;
  expect(readdirSync(folder).map((file) => join(provider.options.path, file))).toContain(home);
  const [source] = parse(read('compose/grafana/datasources/pitot.yaml')).datasources;
  expect(source.url).toBe('http://prometheus:9090');
  // The dashboards let the reader choose a data source of this type; the default one is chosen first.
  for (const file of readdirSync(folder)) {
    const { templating } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    expect(templating.list[0]).toMatchObject({ type: 'datasource', query: source.type });
  }
  expect(source.isDefault).toBe(true);
});

test('Grafana has the version with whose schema .ci/kubernetes.sh checks the dashboards', () => {
  const [, version] = readFileSync(join(deploy, '../.ci/kubernetes.sh'), 'utf8').match(/@grafana\/schema@([\d.]+)/)!;
  expect(grafana!.image).toBe(`docker.io/grafana/grafana:${version}`);
});

test('Airflow has the variables that make every version send to pitot', () => {
  const variables = airflowVariables({ host: 'pitot', port: 4318, intervalMs: 15_000 });
  expect(airflow.environment).toMatchObject(variables);
});

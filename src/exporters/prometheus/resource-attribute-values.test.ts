import { expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { ResourceAttributeValues } from '#series/owner/resource-attribute-values.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { counter, number, request, resource } from '../../../test/support/pdata.ts';
import { prometheusConfig } from './config.ts';
import { PrometheusExporter } from './prometheus-exporter.ts';

const day = 86_400_000;

function counted() {
  const settings = testSettings('prometheus');
  const values = new ResourceAttributeValues({ ...settings, windowMs: day });
  const add = (attributes: Record<string, string>) =>
    values.add(Object.entries(attributes).map(([key, value]) => ({ key, value })));
  const measured = (attribute: string) =>
    settings.measured('pitot_prometheus_resource_attribute_values', { exporter: 'prometheus', attribute });
  return { settings, add, measured };
}

test('one line and a metric name the attributes with a value for each process', () => {
  const { settings, add, measured } = counted();
  for (let pod = 0; pod < 3_000; pod++) {
    add({
      'k8s.pod.name': `task-${pod}`,
      'k8s.pod.uid': `${pod}`,
      'k8s.namespace.name': 'airflow',
      zone: `${pod % 3}`,
    });
  }
  expect(settings.logged).toEqual([
    'warn Resource attributes with many values become labels, so that each new value adds series; add those that only identify a process to accumulation::process_attributes {"attributes":["k8s.pod.name","k8s.pod.uid"],"values":200}',
  ]);
  expect(['k8s.pod.name', 'k8s.pod.uid', 'zone'].map(measured)).toEqual([3_000, 3_000, undefined]);
});

test('values that change slowly are not reported', () => {
  const { settings, add } = counted();
  for (let days = 0; days < 20; days++) {
    for (let node = 0; node < 50; node++) add({ 'k8s.node.name': `${days}-${node}` });
    settings.clock.advance(day + 1);
  }
  expect(settings.logged).toEqual([]);
});

test('the count is limited, and falls when there are fewer values', () => {
  const { settings, add, measured } = counted();
  for (let pod = 0; pod < 20_000; pod++) add({ pod: `${pod}` });
  expect(measured('pod')).toBe(10_000);
  for (let days = 0; days < 3; days++) {
    settings.clock.advance(day + 1);
    add({ pod: 'one' });
  }
  expect(measured('pod')).toBe(1);
  for (let i = 0; i < 1_000; i++) add({ [`key${i}`]: 'v' });
});

test.each([
  [['service.instance.id'], ['k8s.pod.name']],
  [['service.instance.id', 'k8s.pod.name'], []],
])('the exporter with accumulation and process_attributes %j', async (processAttributes, reported) => {
  const parsed = parseConfig(prometheusConfig, {
    endpoint: 'localhost:0',
    resource_to_telemetry_conversion: { enabled: true },
    accumulation: { enabled: true, process_attributes: processAttributes },
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('prometheus');
  const exporter = new PrometheusExporter(parsed.value, settings);
  for (let pod = 0; pod < 250; pod++) {
    const attributes = { 'service.name': 'airflow', 'service.instance.id': `${pod}`, 'k8s.pod.name': `task-${pod}` };
    await exporter.consume(request({ resource: resource(attributes) }, counter('c', number(1))));
  }
  expect(exporter.store.seriesCount).toBe(reported.length > 0 ? 250 : 1);
  expect(settings.logged).toEqual(reported.map((key) => expect.stringContaining(`"attributes":["${key}"]`)));
});

import { describe, expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { prometheusConfig } from '#exporters/prometheus/config.ts';
import { accumulatedOutput, secondsIn, started } from '../../../test/support/accumulated-output.ts';
import { counter, number, request, resource } from '../../../test/support/pdata.ts';
import { createTargetInfoSource } from './create-target-info-source.ts';

const minute = 60_000;

async function output(accumulation: object = {}, directory?: string) {
  const parsed = parseConfig(prometheusConfig, { endpoint: 'x', accumulation: { enabled: true, ...accumulation } });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const page = await accumulatedOutput({
    targetInfo: createTargetInfoSource(parsed.value),
    processAttributes: parsed.value.accumulation.processAttributes,
    ...(directory !== undefined && { directory }),
  });
  const send = (attributes: Record<string, string>, name = 'c') =>
    page.append(
      request(
        { resource: resource({ 'service.name': 'airflow', ...attributes }) },
        counter(name, number(1, { startTimeUnixNano: started, timeUnixNano: secondsIn(1) })),
      ),
    );
  const info = () =>
    page
      .scrape()
      .filter((line) => line.startsWith('target_info'))
      .map((line) => line.slice('target_info'.length))
      .sort();
  const pass = (ms: number) => page.settings.clock.advance(ms);
  return { page, send, info, pass };
}

describe('joined', () => {
  test('one series for each job, with the attributes that all processes share', async () => {
    const { send, info } = await output();
    send({ 'service.instance.id': 'a', 'service.version': '3.3', 'process.pid': '1', zone: 'x' });
    send({ 'service.instance.id': 'b', 'service.version': '3.3', 'process.pid': '2', host: 'h', zone: 'x' });
    send({ 'service.name': 'other', 'service.version': '1' });
    expect(info()).toEqual(['{job="airflow",service_version="3.3",zone="x"} 1', '{job="other",service_version="1"} 1']);
  });

  test('has the labels job and instance of the other series, so that info() joins', async () => {
    const { page, send } = await output();
    send({ 'service.instance.id': 'a' });
    expect(page.scrape()).toEqual(['c_total{job="airflow"} 1', 'target_info{job="airflow"} 1']);
  });

  test('with the instance if it does not identify the process', async () => {
    const { send, info } = await output({ process_attributes: ['process.pid'] });
    send({ 'service.instance.id': 'a', 'process.pid': '1', zone: 'x' });
    send({ 'service.instance.id': 'a', 'process.pid': '2', zone: 'y' });
    expect(info()).toContain('{instance="a",job="airflow"} 1');
  });

  test('an attribute returns when the process with another value is not active anymore', async () => {
    const { send, info, pass } = await output();
    send({ 'service.instance.id': 'a', v: '1' });
    send({ 'service.instance.id': 'b', v: '2' });
    for (let minutes = 0; minutes < 61; minutes++) {
      expect(info()).toEqual(['{job="airflow"} 1']);
      pass(minute);
      send({ 'service.instance.id': 'b', v: '2' });
    }
    expect(info()).toEqual(['{job="airflow",v="2"} 1']);
  });

  test('the same values in turn are not shared', async () => {
    const { send, info, pass } = await output();
    for (let minutes = 0; minutes < 200; minutes++) {
      send({ 'service.instance.id': 'a', v: String(minutes % 2) });
      expect(info()).toEqual([minutes === 0 ? '{job="airflow",v="0"} 1' : '{job="airflow"} 1']);
      pass(minute);
    }
  });

  test('keeps the attributes of idle processes', async () => {
    const { send, info, pass } = await output();
    send({ 'service.instance.id': 'a', v: '1' });
    pass(600 * minute);
    expect(info()).toEqual(['{job="airflow",v="1"} 1']);
  });

  test('disappears with the last series of the job', async () => {
    const { page, send, info, pass } = await output();
    send({ 'service.instance.id': 'a' });
    pass(25 * 60 * minute);
    page.store.sweep(page.settings.clock.monotonic());
    expect(info()).toEqual([]);
  });

  test('the family has a new version only if it changes', async () => {
    const { page, send } = await output();
    const version = () =>
      [...page.store.collect(page.settings.clock.monotonic())].find(({ name }) => name === 'target_info')?.version;
    send({ 'service.instance.id': 'a', v: '1', pid: '1' });
    send({ 'service.instance.id': 'b', v: '1', pid: '2' });
    const before = version();
    for (let pid = 3; pid < 20; pid++) send({ 'service.instance.id': String(pid), v: '1', pid: String(pid) });
    expect(version()).toBe(before);
  });

  test('keys are limited', async () => {
    const { send, info } = await output();
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, 'v']));
    send(many);
    expect(info()[0]?.match(/k\d+="v"/g)?.length).toBeLessThan(256);
  });
});

describe('per process', () => {
  test('as in the Collector: one series for each process, with all its attributes', async () => {
    const { send, info, pass } = await output({ target_info: 'per_process' });
    send({ 'service.instance.id': 'a', 'process.pid': '1' });
    pass(4 * minute);
    send({ 'service.instance.id': 'b', 'process.pid': '2' });
    send({ 'service.instance.id': 'b', 'process.pid': '3' });
    send({ 'service.name': 'without-instance' });
    expect(info()).toEqual([
      '{instance="a",job="airflow",process_pid="1"} 1',
      '{instance="b",job="airflow",process_pid="3"} 1',
    ]);
    pass(2 * minute);
    expect(info()).toEqual(['{instance="b",job="airflow",process_pid="3"} 1']);
    pass(4 * minute);
    expect(info()).toEqual([]);
    send({ 'service.instance.id': 'a', 'process.pid': '1' });
    expect(info()).toEqual(['{instance="a",job="airflow",process_pid="1"} 1']);
  });
});

test('off', async () => {
  const { send, info } = await output({ target_info: 'off' });
  send({ 'service.instance.id': 'a', v: '1' });
  expect(info()).toEqual([]);
});

test('an unknown mode is refused', () => {
  const parsed = parseConfig(prometheusConfig, { accumulation: { target_info: 'all' } });
  expect(parsed).toMatchObject({ ok: false });
  expect(JSON.stringify(parsed)).toContain('use off, per_process, or joined');
});

import { describe, expect, test } from 'vitest';
import { noRecordedValueFlag } from '#pdata/metrics.ts';
import {
  type AccumulatedOutput,
  accumulatedOutput,
  from,
  secondsIn,
  started,
} from '../../../test/support/accumulated-output.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
  request,
  resource,
  scope,
  sum,
  summary,
  summaryPoint,
} from '../../../test/support/pdata.ts';

type Values = Record<string, string>;
const point = (value: number, seconds = 1, values: Values = {}, start = started) =>
  number(value, { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds), attributes: attributes(values) });
const airflow = resource({ 'service.name': 'airflow', 'service.instance.id': 'a' });
/** Returns a request of one process with its own scope. */
const scoped = (version: string, schemaUrl: string, value: number, seconds = 1) =>
  request({ resource: airflow, scope: scope('s', version), schemaUrl }, counter('c', point(value, seconds)));
const recordCount = (output: AccumulatedOutput) => output.store.seriesCount;

describe('points that end in the same labels are one series', () => {
  test.each<[string, (value: number, seconds: number) => ReturnType<typeof from>[]]>([
    ['two scope versions', (value, seconds) => [scoped('1', '', value, seconds), scoped('2', '', value, seconds)]],
    ['two schema URLs', (value, seconds) => [scoped('1', 'a', value, seconds), scoped('1', 'b', value, seconds)]],
    [
      'two spellings of a key',
      (value, seconds) => [
        from('a', counter('c', point(value, seconds, { 'a.b': 'x' }))),
        from('a', counter('c', point(value, seconds, { a_b: 'x' }))),
      ],
    ],
    [
      'two metric names',
      (value, seconds) => [
        from('a', counter('c', point(value, seconds))),
        from('a', counter('c_total', point(value, seconds))),
      ],
    ],
    [
      'a number and a text',
      (value, seconds) => [
        from('a', counter('c', { ...point(value, seconds), attributes: attributes({ n: 1n }) })),
        from('a', counter('c', point(value, seconds, { n: '1' }))),
      ],
    ],
    [
      'two units that the name does not show',
      (value, seconds) => [
        from('a', counter({ name: 'c', unit: '{run}' }, point(value, seconds))),
        from('a', counter({ name: 'c', unit: '{task}' }, point(value, seconds))),
      ],
    ],
    [
      'an empty attribute and none',
      (value, seconds) => [
        from('a', counter('c', point(value, seconds, { queue: '' }))),
        from('a', counter('c', point(value, seconds))),
      ],
    ],
    [
      'two spellings in one message',
      (value, seconds) => [
        from('a', counter('c', point(value, seconds, { 'a.b': 'x' }), point(value, seconds, { a_b: 'x' }))),
      ],
    ],
    [
      'two units that have no suffix',
      (value, seconds) => [
        from('a', counter({ name: 'c', unit: '1' }, point(value, seconds))),
        request({ resource: airflow, scope: scope('t') }, counter({ name: 'c', unit: '' }, point(value, seconds))),
      ],
    ],
  ])('%s', async (_, send) => {
    const output = await accumulatedOutput();
    const value = () => output.samples().map((line) => line.split(' ')[1]);
    output.append(...send(100, 1));
    expect(value()).toEqual(['200']);
    output.append(...send(103, 2), ...send(103, 2));
    expect(value()).toEqual(['206']);
  });

  test('histograms, summaries, gauges and up-down counters too', async () => {
    const output = await accumulatedOutput();
    const times = { startTimeUnixNano: started, timeUnixNano: secondsIn(1) };
    for (const [i, version] of ['1', '2'].entries()) {
      output.append(
        request(
          { resource: airflow, scope: scope('s', version) },
          histogram('h', histogramPoint(times)),
          exponential('e', exponentialPoint(times)),
          summary('q', summaryPoint(times)),
          sum('l', { isMonotonic: false }, point(4)),
          gauge('g', point(5 + i, 1 + i)),
        ),
      );
    }
    expect(output.samples().filter((line) => /^(?:.*_count|g|l)\{/.test(line))).toEqual([
      'e_count{job="airflow"} 6',
      'g{job="airflow"} 6',
      'h_count{job="airflow"} 6',
      'l{job="airflow"} 8',
      'q_count{job="airflow"} 4',
    ]);
  });

  test('two resources of one process are one stream, two without an ID are two', async () => {
    const output = await accumulatedOutput();
    const of = (values: Values) =>
      request({ resource: resource({ 'service.name': 'airflow', ...values }) }, counter('c', point(3)));
    output.append(of({ 'service.instance.id': 'a' }), of({ 'service.instance.id': 'a', 'k8s.pod.name': 'p' }));
    expect(output.samples()).toEqual(['c_total{job="airflow"} 3']);
    output.append(of({ 'host.name': 'x' }), of({ 'host.name': 'y' }));
    expect(output.samples()).toEqual(['c_total{job="airflow"} 9']);
  });

  test('the series remains while points of any identity arrive, and is removed as a whole', async () => {
    const output = await accumulatedOutput({ seriesExpirationMs: 10_000 });
    output.append(scoped('1', '', 1), scoped('2', '', 1));
    for (let i = 0; i < 3; i++) {
      output.settings.clock.advance(6_000);
      output.append(scoped('2', '', 2 + i, 6 * i + 7));
      expect(output.samples()).toEqual([`c_total{job="airflow"} ${3 + i}`]);
    }
    output.settings.clock.advance(10_001);
    expect(output.samples()).toEqual([]);
    expect(recordCount(output)).toBe(0);
    output.append(scoped('2', '', 9, 60), scoped('1', '', 2, 60));
    expect(output.samples()).toEqual(['c_total{job="airflow"} 6']);
  });

  test('NoRecordedValue of one identity does not remove the series', async () => {
    const output = await accumulatedOutput();
    const ended = { ...point(0, 3), value: undefined, flags: noRecordedValueFlag };
    output.append(scoped('1', '', 1), scoped('2', '', 1));
    output.append(request({ resource: airflow, scope: scope('s', '2') }, counter('c', ended)));
    output.append(scoped('2', '', 4, 4));
    expect(output.samples()).toEqual(['c_total{job="airflow"} 5']);
  });
});

describe('a metric that changes', () => {
  test('from non-monotonic to monotonic and back is two series', async () => {
    const output = await accumulatedOutput();
    const level = (value: number, seconds: number) => sum('c', { isMonotonic: false }, point(value, seconds));
    output.append(from('a', level(7, 1)), from('a', counter('c', point(3, 2))));
    expect(output.samples()).toEqual(['c{job="airflow"} 7', 'c_total{job="airflow"} 3']);
    output.append(from('a', level(5, 3)), from('a', counter('c', point(4, 4))));
    expect(output.samples()).toEqual(['c{job="airflow"} 5', 'c_total{job="airflow"} 4']);
  });

  test('from monotonic to non-monotonic under one name keeps the type that was first', async () => {
    const output = await accumulatedOutput();
    const level = (value: number, seconds: number) => sum('c_total', { isMonotonic: false }, point(value, seconds));
    output.append(
      from('a', counter('c_total', point(3, 1))),
      from('a', level(7, 2)),
      from('a', counter('c_total', point(4, 3))),
    );
    expect(output.samples()).toEqual(['c_total{job="airflow"} 4']);
    expect(output.dropped('type_conflict')).toBe(1);
  });

  test('its unit is another series', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('a', counter({ name: 'c', unit: 's' }, point(3, 1))),
      from('a', counter({ name: 'c', unit: 'By' }, point(5, 2))),
      from('a', counter({ name: 'c', unit: 's' }, point(4, 3))),
    );
    expect(output.samples()).toEqual(['c_bytes_total{job="airflow"} 5', 'c_seconds_total{job="airflow"} 4']);
  });

  test('its description is the same series', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('a', counter({ name: 'c', description: 'one' }, point(3, 1))),
      from('b', counter({ name: 'c', description: 'two' }, point(5, 2, {}, started + 1n))),
    );
    expect(output.samples()).toEqual(['c_total{job="airflow"} 8']);
  });

  test('between two types of histograms keeps the type that was first', async () => {
    const output = await accumulatedOutput();
    const times = { startTimeUnixNano: started, timeUnixNano: secondsIn(1) };
    output.append(
      from('a', histogram('h', histogramPoint(times))),
      from('a', exponential('h', exponentialPoint(times))),
    );
    expect(output.samples()).toContain('h_count{job="airflow"} 3');
    expect(output.samples()).toHaveLength(5);
    expect(output.dropped('type_conflict')).toBe(1);
  });
});

import { describe, expect, test } from 'vitest';
import { noRecordedValueFlag } from '#pdata/metrics.ts';
import {
  attributes,
  counter,
  gauge,
  histogram,
  histogramPoint,
  number,
  pointTime,
  request,
  resource,
  sum,
  summary,
  summaryPoint,
} from '../../test/support/pdata.ts';
import { StoreOutput } from '../../test/support/store-output.ts';

const from = (name: string) => ({ resource: resource({ 'service.name': name }) });
const noValue = { flags: noRecordedValueFlag };
const minute = 60_000;

describe('two types for one name', () => {
  const conflict = () =>
    new StoreOutput().append(
      request(from('a'), gauge('m', number(1))),
      request(from('b'), histogram('m', histogramPoint())),
    );

  test('the first that arrived keeps it; the other is counted and shown by name', () => {
    const page = conflict();
    expect(page.text()).toBe('# HELP m \n# TYPE m gauge\nm{job="a"} 1\n');
    expect(page.dropped('type_conflict')).toBe(1);
    expect(page.store.hiddenFamilies()).toEqual([{ name: 'm', type: 'histogram', reason: 'type_conflict' }]);
    page.append(request(from('b'), histogram('m', histogramPoint())));
    expect(page.dropped('type_conflict')).toBe(2);
  });

  test('the other one is served when the first has not been shown for the expiration time', () => {
    const page = conflict();
    page.text();
    page.append(request(from('a'), gauge('m', number(0, noValue))));
    expect(page.text()).toBe('');
    page.settings.clock.advance(4 * minute);
    page.append(request(from('b'), histogram('m', histogramPoint())));
    page.settings.clock.advance(2 * minute);
    expect(page.samples()).toContain('m_count{job="b"} 3');
    expect(page.store.hiddenFamilies()).toEqual([]);
  });

  test('immediately, if the first was never shown', () => {
    const page = conflict().append(request(from('a'), gauge('m', number(0, noValue))));
    expect(page.samples()).toContain('m_count{job="b"} 3');
  });

  test('a gauge and a sum that is not monotonic are one type', () => {
    const page = new StoreOutput().append(
      request(from('a'), gauge('m', number(1))),
      request(from('b'), sum('m', { isMonotonic: false }, number(2))),
    );
    expect(page.samples()).toEqual(['m{job="a"} 1', 'm{job="b"} 2']);
  });
});

describe('two helps for one name', () => {
  const described = (description: string, value: number) => gauge({ name: 'm', description }, number(value));

  test('the first that arrived is shown, with all series', () => {
    const page = new StoreOutput().append(
      request(from('a'), described('one', 1)),
      request(from('b'), described('two', 2)),
    );
    expect(page.text()).toBe('# HELP m one\n# TYPE m gauge\nm{job="a"} 1\nm{job="b"} 2\n');
    expect(page.settings.logged).toEqual([
      'info Instrument description conflict, using existing {"instrument":"m","existing":"one","dropped":"two"}',
    ]);
  });

  test('the latest description of a series applies until a response has shown one', () => {
    const page = new StoreOutput().append(
      request(from('a'), described('one', 1)),
      request(from('a'), described('two', 2)),
    );
    expect(page.text()).toContain('# HELP m two\n');
  });

  test('the shown description remains until it was not shown for the expiration time', () => {
    const page = new StoreOutput().append(request(from('a'), described('one', 1)));
    page.text();
    page.append(request(from('a'), described('two', 2)));
    expect(page.text()).toContain('# HELP m one\n');
    page.settings.clock.advance(6 * minute);
    page.store.sweep(page.settings.clock.monotonic());
    page.append(request(from('a'), described('two', 2)));
    expect(page.text()).toContain('# HELP m two\n');
  });
});

describe('names that equal the sample names of a histogram or summary', () => {
  const gauges = (...names: string[]) => request({}, ...names.map((name) => gauge(name, number(1))));

  test('are hidden if the histogram arrived first', () => {
    const page = new StoreOutput().append(
      request({}, histogram('h', histogramPoint())),
      gauges('h.count', 'h.bucket', 'h.x'),
    );
    expect(page.samples().filter((line) => /^h_(count|bucket|x) /.test(line))).toEqual(['h_count 3', 'h_x 1']);
    expect(page.dropped('name_collision')).toBe(2);
  });

  test('keep the histogram out when they came first', () => {
    const page = new StoreOutput().append(gauges('h.sum'), request({}, histogram('h', histogramPoint())));
    expect(page.samples()).toEqual(['h_sum 1']);
  });

  test('a summary has no buckets', () => {
    const page = new StoreOutput().append(request({}, summary('s', summaryPoint())), gauges('s.bucket', 's.sum'));
    expect(page.samples()).toContain('s_bucket 1');
    expect(page.dropped('name_collision')).toBe(1);
  });

  test('are shown after the histogram was removed', () => {
    const page = new StoreOutput().append(request({}, histogram('h', histogramPoint())), gauges('h.count'));
    page.settings.clock.advance(6 * minute);
    page.append(gauges('h.count'));
    expect(page.samples()).toEqual(['h_count 1']);
  });
});

describe('two series with one label set', () => {
  const collision = (first: bigint, second: bigint) =>
    request({}, gauge('a.b', number(1, { timeUnixNano: first })), gauge('a_b', number(2, { timeUnixNano: second })));

  test('the newer point is shown, regardless of arrival', () => {
    expect(new StoreOutput().append(collision(pointTime, pointTime + 1n)).samples()).toEqual(['a_b 2']);
    expect(new StoreOutput().append(collision(pointTime + 1n, pointTime)).samples()).toEqual(['a_b 1']);
    expect(new StoreOutput().append(collision(pointTime, pointTime)).samples()).toEqual(['a_b 2']);
  });

  test('the other one is counted, and shown again when it is newer', () => {
    const page = new StoreOutput().append(collision(pointTime, pointTime + 1n));
    page.text();
    expect(page.dropped('duplicate_series')).toBe(1);
    page.append(request({}, gauge('a.b', number(3, { timeUnixNano: pointTime + 2n }))));
    expect(page.samples()).toEqual(['a_b 3']);
  });

  test('with timestamps both are shown when theirs differ, the older first', () => {
    const timed = new StoreOutput({ sendsTimestamps: true }).append(collision(pointTime + 5_000_000n, pointTime));
    expect(timed.samples()).toEqual(['a_b 2 1700000002000', 'a_b 1 1700000002005']);
    const same = new StoreOutput({ sendsTimestamps: true }).append(collision(pointTime, pointTime));
    expect(same.samples()).toEqual(['a_b 2 1700000002000']);
  });

  test('equal values under other names are no collision', () => {
    const page = new StoreOutput().append(
      request(
        {},
        gauge(
          'g',
          number(2, { attributes: attributes({ b: '1' }) }),
          number(1, { attributes: attributes({ a: '1' }) }),
        ),
      ),
    );
    expect(page.samples()).toEqual(['g{a="1"} 1', 'g{b="1"} 2']);
  });
});

test('families and series are in output order, including those that are added later', () => {
  const page = new StoreOutput();
  const send = (name: string, ...keys: string[]) =>
    page.append(request({}, gauge(name, ...keys.map((k) => number(1, { attributes: attributes({ k }) })))));
  send('b', '2', '10');
  send('a', 'x');
  expect(page.samples()).toEqual(['a{k="x"} 1', 'b{k="10"} 1', 'b{k="2"} 1']);
  send('b', '1', '3', '11');
  send('c');
  page.append(request({}, gauge('b', number(5))));
  expect(page.samples()).toEqual([
    ...['a{k="x"} 1', 'b 5', 'b{k="1"} 1', 'b{k="10"} 1', 'b{k="11"} 1'],
    ...['b{k="2"} 1', 'b{k="3"} 1'],
  ]);
});

test('a response that is still being read keeps its series', () => {
  const page = new StoreOutput().append(request({}, counter('c', number(1, { attributes: attributes({ k: '1' }) }))));
  const [family] = [...page.store.collect(0)];
  const before = family?.series;
  page.append(request({}, counter('c', number(1, { attributes: attributes({ k: '0' }) }))));
  page.store.collect(0);
  expect(before).toHaveLength(1);
  expect(family?.series).toHaveLength(2);
});

test("pitot's target_info takes precedence over a metric of that name", () => {
  const page = new StoreOutput().append(request({}, gauge('target_info', number(4))));
  expect(page.samples()).toEqual(['target_info 4']);
  page.append(
    request({ resource: resource({ 'service.name': 'a', 'service.instance.id': 'i' }) }, gauge('g', number(1))),
  );
  expect(page.samples()).toEqual(['g{instance="i",job="a"} 1', 'target_info{instance="i",job="a"} 1']);
});

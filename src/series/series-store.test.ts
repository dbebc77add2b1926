import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noRecordedValueFlag } from '#pdata/metrics.ts';
import {
  attributes,
  counter,
  decodedAnew,
  gauge,
  histogram,
  histogramPoint,
  number,
  pointTime,
  request,
  resource,
  scope,
  startTime,
  sum,
  summary,
  summaryPoint,
} from '../../test/support/pdata.ts';
import { StoreOutput } from '../../test/support/store-output.ts';

const noValue = { flags: noRecordedValueFlag };
const airflow = resource({ 'service.name': 'airflow' });

describe('what is the same series', () => {
  test('attributes in another order, in other objects, with other kinds of value', () => {
    const page = new StoreOutput().append(
      request({}, gauge('g', number(1, { attributes: attributes({ a: 'x', b: 1n }) }))),
      request({}, gauge('g', number(2, { attributes: attributes({ b: '1', a: 'x' }) }))),
    );
    expect(page.samples()).toEqual(['g{a="x",b="1"} 2']);
    expect(page.store.seriesCount).toBe(1);
  });

  test('the same key twice, in either order', () => {
    const page = new StoreOutput().append(
      request(
        {},
        gauge(
          'g',
          number(1, {
            attributes: attributes([
              ['k', '1'],
              ['k', '2'],
            ]),
          }),
        ),
      ),
      request(
        {},
        gauge(
          'g',
          number(2, {
            attributes: attributes([
              ['k', '2'],
              ['k', '1'],
            ]),
          }),
        ),
      ),
    );
    expect(page.samples()).toEqual(['g{k="1;2"} 2']);
  });

  test('resources with one job and instance; the latest resource speaks for them', () => {
    const of = (host: string) => resource({ 'service.name': 'a', 'service.instance.id': 'i', host });
    const page = new StoreOutput().append(
      request({ resource: of('one') }, gauge('g', number(1))),
      request({ resource: of('two') }, gauge('g', number(2))),
    );
    expect(page.samples()).toEqual(['g{instance="i",job="a"} 2', 'target_info{host="two",instance="i",job="a"} 1']);
  });

  test('unit and description do not matter, type and scope do', () => {
    const page = new StoreOutput({}).append(
      request({}, gauge({ name: 'g', unit: 's' }, number(1))),
      request({}, gauge({ name: 'g', unit: 'ms', description: 'later' }, number(2))),
    );
    expect(page.text()).toBe('# HELP g_milliseconds later\n# TYPE g_milliseconds gauge\ng_milliseconds 2\n');
    page.append(request({ scope: scope('', '', { name: 'x' }) }, gauge({ name: 'g', unit: 'ms' }, number(2))));
    expect(page.store.seriesCount).toBe(2);
  });

  test('a sum that becomes monotonic moves to the family of counters', () => {
    const page = new StoreOutput().append(
      request({}, sum('s', { isMonotonic: false }, number(1))),
      request({}, sum('s', { isMonotonic: true }, number(2))),
    );
    expect(page.text()).toBe('# HELP s_total \n# TYPE s_total counter\ns_total 2\n');
  });

  test('any encoding, order, and grouping of the points results in the same output', () => {
    const key = fc.constantFrom('a', 'b', 'c.d');
    const set = fc.uniqueArray(fc.tuple(key, fc.constantFrom('1', '2')), { selector: ([k]) => k });
    fc.assert(
      fc.property(fc.array(set, { maxLength: 12 }), fc.infiniteStream(fc.boolean()), (sets, coins) => {
        const points = sets.map((pairs, i) =>
          number(i, { attributes: attributes(pairs), timeUnixNano: pointTime + BigInt(i) }),
        );
        const together = new StoreOutput().append(request({}, gauge('g', ...points)));
        const apart = new StoreOutput();
        for (const point of points) {
          const given = coins.next().value ? decodedAnew(point) : point;
          const entries = coins.next().value ? given.attributes.entries : given.attributes.entries.toReversed();
          apart.append(request({}, gauge('g', { ...given, attributes: { entries } })));
        }
        expect(apart.text()).toBe(together.text());
        expect(apart.store.seriesCount).toBe(together.store.seriesCount);
      }),
    );
  });

  test('recognizes a process that repeats itself, even after its order has changed', () => {
    const sets = ['1', '2', '3', '4'].map((k) => attributes({ k }));
    const page = new StoreOutput();
    const send = (order: readonly number[], value: number) =>
      page.append(request({}, gauge('g', ...order.map((i) => number(value + i, { attributes: sets[i]! })))));
    send([0, 1, 2, 3], 0);
    send([0, 1, 2, 3], 10);
    send([3, 0, 2], 20);
    send([1, 2, 3, 0, 1], 30);
    expect(page.samples()).toEqual(['g{k="1"} 30', 'g{k="2"} 31', 'g{k="3"} 32', 'g{k="4"} 33']);
    expect(page.store.seriesCount).toBe(4);
  });

  test('metrics with equal attributes share one label set', () => {
    const page = new StoreOutput().append(
      request({}, gauge('a', number(1, { attributes: attributes({ k: 'v' }) }))),
      request({}, gauge('b', number(1, { attributes: attributes({ k: 'v' }) }))),
    );
    const [a, b] = [...page.store.collect(0)];
    expect(a?.series[0]?.labels).toBe(b?.series[0]?.labels);
  });
});

describe('NoRecordedValue', () => {
  test('ends its own series, and other points of the metric are accepted', () => {
    const page = new StoreOutput().append(
      request({}, gauge('g', number(1), number(1, { attributes: attributes({ k: '1' }) }))),
      request({}, gauge('g', number(0, noValue), number(2, { attributes: attributes({ k: '1' }) }))),
    );
    expect(page.samples()).toEqual(['g{k="1"} 2']);
  });

  test('an end of an unknown series leaves no state, and the rest of the request is stored', () => {
    const page = new StoreOutput().append(
      request({ resource: airflow }, gauge('g', number(0, noValue)), gauge('h', number(1))),
    );
    expect(page.samples()).toEqual(['h{job="airflow"} 1']);
    page.append(request({ resource: airflow }, gauge('h', number(0, noValue))));
    expect(page.samples()).toEqual([]);
    expect(page.store.targetCount).toBe(0);
  });

  test('a series can return', () => {
    const page = new StoreOutput().append(
      request({}, gauge('g', number(1))),
      request({}, gauge('g', number(1, noValue))),
      request({}, gauge('g', number(3))),
    );
    expect(page.samples()).toEqual(['g 3']);
  });
});

describe('expiry', () => {
  test('a series is served until its expiration time is over, and not longer', () => {
    const page = new StoreOutput({ expirationMs: 1_000 }).append(request({}, gauge('g', number(1))));
    page.settings.clock.advance(1_000);
    expect(page.samples()).toEqual(['g 1']);
    page.settings.clock.advance(0.001);
    expect(page.samples()).toEqual([]);
    expect(page.store.seriesCount).toBe(0);
  });

  test('dropped points do not keep a series alive, but points with an equal time do', () => {
    const page = new StoreOutput({ expirationMs: 1_000 }).append(
      request({}, gauge('old', number(1)), gauge('same', number(1))),
    );
    page.settings.clock.advance(900);
    page.append(request({}, gauge('old', number(2, { timeUnixNano: 1n })), gauge('same', number(1))));
    page.settings.clock.advance(900);
    expect(page.samples()).toEqual(['same 1']);
    expect(page.dropped('out_of_order')).toBe(1);
  });

  test('a sweep removes the same as a scrape, and target_info is removed with the last series of a target', () => {
    const page = new StoreOutput({ expirationMs: 1_000 }).append(
      request({ resource: resource({ 'service.name': 'a', 'service.instance.id': 'i' }) }, gauge('g', number(1))),
    );
    page.settings.clock.advance(2_000);
    page.store.sweep(page.settings.clock.monotonic());
    expect(page.store.seriesCount).toBe(0);
    expect(page.text()).toBe('');
  });

  test('0 shows nothing, and never keeps series', () => {
    const nothing = new StoreOutput({ expirationMs: 0 }).append(request({}, gauge('g', number(1))));
    expect(nothing.text()).toBe('');
    const always = new StoreOutput({ expirationMs: Number.POSITIVE_INFINITY }).append(
      request({}, gauge('g', number(1))),
    );
    always.settings.clock.advance(1e12);
    expect(always.samples()).toEqual(['g 1']);
  });
});

describe('bounds', () => {
  test('beyond the limit new series are refused, counted and logged once; known ones go on', () => {
    const page = new StoreOutput({ maxSeries: 2 }).append(
      request({}, gauge('a', number(1)), gauge('b', number(1)), gauge('c', number(1)), gauge('d', number(1))),
      request({}, gauge('a', number(2))),
    );
    expect(page.samples()).toEqual(['a 2', 'b 1']);
    expect(page.dropped('series_limit')).toBe(2);
    expect(page.settings.logged.filter((line) => line.includes('Series limit reached'))).toHaveLength(1);
    expect(page.store.familyCount).toBe(2);
  });

  test('when series have expired there is room again', () => {
    const page = new StoreOutput({ maxSeries: 1, expirationMs: 1_000 }).append(
      request({}, gauge('a', number(1)), gauge('b', number(1))),
    );
    page.settings.clock.advance(1_001);
    page.store.sweep(page.settings.clock.monotonic());
    page.append(request({}, gauge('b', number(1))));
    expect(page.samples()).toEqual(['b 1']);
  });

  test('dropped points are found by metric, target and reason', () => {
    const page = new StoreOutput().append(
      request(
        { resource: airflow },
        gauge('温度', number(1)),
        counter({ name: 'c', aggregationTemporality: 0 }, number(1)),
      ),
    );
    expect(page.text()).toBe('');
    expect(page.store.drops.recent).toEqual([
      { metric: 'c', target: 'airflow', reason: 'unspecified_temporality', timeUnixMs: page.settings.clock.now() },
      { metric: '温度', target: 'airflow', reason: 'invalid_name', timeUnixMs: page.settings.clock.now() },
    ]);
    expect(page.dropped('invalid_name')).toBe(1);
  });

  test('reports a metric without data like the Collector', () => {
    const empty = { type: 'Empty', descriptor: gauge('e').descriptor, dataPoints: [] } as const;
    const page = new StoreOutput().append(request({}, empty));
    expect(page.settings.logged).toEqual(['error failed to translate metric {"data_type":"Empty","metric_name":"e"}']);
  });
});

describe('labels that the exporter sets itself', () => {
  const service = resource({ 'service.name': 'svc', 'service.namespace': '', 'service.instance.id': 'i' });
  const constant = new Map([['env', 'prod']]);
  const labelled = () =>
    new StoreOutput({
      labels: { constLabels: constant, hasScopeLabels: true, labelName: (key) => (key === '' ? undefined : key) },
    });

  test('win over attributes, which are served as exported_…', () => {
    const page = labelled().append(
      request(
        { resource: service, scope: scope('lib', '1') },
        gauge(
          'g',
          number(1, { attributes: attributes({ job: 'j', env: 'e', otel_scope_name: 'o', exported_job: 'x' }) }),
        ),
      ),
    );
    expect(page.samples()[0]).toBe(
      'g{env="prod",exported_env="e",exported_job="x;j",exported_otel_scope_name="o",instance="i",job="/svc",' +
        'otel_scope_name="lib",otel_scope_schema_url="",otel_scope_version="1"} 1',
    );
  });

  test('le and quantile are reserved only where the format writes them', () => {
    const own = { attributes: attributes({ le: '7', quantile: '8' }) };
    const page = new StoreOutput().append(
      request({}, gauge('g', number(1, own)), histogram('h', histogramPoint(own)), summary('s', summaryPoint(own))),
    );
    expect(page.samples().filter((line) => /^(g|h_count|s_count)\b/.test(line))).toEqual([
      'g{le="7",quantile="8"} 1',
      'h_count{exported_le="7",quantile="8"} 3',
      's_count{exported_quantile="8",le="7"} 2',
    ]);
  });

  test('job and instance are only reserved where the resource says them', () => {
    const page = new StoreOutput().append(
      request({}, gauge('g', number(1, { attributes: attributes({ job: 'mine' }) }))),
    );
    expect(page.samples()).toEqual(['g{job="mine"} 1']);
  });

  test('scope attributes are labels, except those named as its own fields', () => {
    const page = labelled().append(
      request({ scope: scope('lib', '', { version: 'no', flavour: true }) }, gauge('g', number(1))),
    );
    expect(page.samples()).toEqual([
      'g{env="prod",otel_scope_flavour="true",otel_scope_name="lib",otel_scope_schema_url="",otel_scope_version=""} 1',
    ]);
  });

  test('text that is not UTF-8 hides its series, and nothing else', () => {
    const bad = { attributes: attributes({ k: '\udcff' }) };
    const page = new StoreOutput().append(request({}, gauge('g', number(1, bad), number(2))));
    page.append(request({}, gauge('g', number(1, bad), number(3))));
    expect(page.samples()).toEqual(['g 3']);
    expect(page.dropped('invalid_label')).toBe(2);
  });

  test('omits an empty key', () => {
    const page = new StoreOutput().append(
      request({}, gauge('g', number(1, { attributes: attributes({ '': 'x', a: '1' }) }))),
    );
    expect(page.samples()).toEqual(['g{a="1"} 1']);
    expect(page.settings.measured('pitot_prometheus_omitted_labels_total', { exporter: 'prometheus' })).toBe(1);
  });
});

test('the version of a family changes only with its output', () => {
  const page = new StoreOutput().append(request({}, counter('c', number(1))));
  const [family] = [...page.store.collect(0)];
  const version = family?.version;
  page.append(request({}, counter('c', number(1, { timeUnixNano: pointTime + 1n }))));
  page.store.collect(0);
  expect(family?.version).toBe(version);
  page.append(request({}, counter('c', number(2, { timeUnixNano: pointTime + 2n, startTimeUnixNano: startTime }))));
  page.store.collect(0);
  expect(family?.version).not.toBe(version);
});

test('the overflow attribute of an SDK is logged once for each metric', () => {
  const overflow = attributes({ 'otel.metric.overflow': true });
  const output = new StoreOutput().append(
    request({}, counter('c', number(1, { attributes: overflow }), number(1))),
    request({ scope: scope('other') }, counter('c', number(1, { attributes: overflow }))),
  );
  const lines = output.settings.logged.filter((line) => line.includes('limit of attribute sets'));
  expect(lines).toEqual([expect.stringContaining('"metric":"c"')]);
});

describe('many series', () => {
  const many = (count: number) =>
    new StoreOutput({ expirationMs: 1_000 }).append(
      request(
        {},
        gauge('g', ...Array.from({ length: count }, (_, i) => number(i, { attributes: attributes({ k: `${i}` }) }))),
      ),
    );

  /** Does everything and returns the number of pauses. */
  function pausesOf(slices: Generator<undefined, unknown>): number {
    let pauses = 0;
    while (slices.next().done !== true) pauses += 1;
    return pauses;
  }

  test('are collected and expire in slices', () => {
    const page = many(20_000);
    expect(pausesOf(page.store.collecting(0))).toBeGreaterThan(10);
    page.settings.clock.advance(2_000);
    expect(pausesOf(page.store.sweeping(page.settings.clock.monotonic()))).toBeGreaterThan(30);
    expect(page.store.seriesCount).toBe(0);
  });

  test('a point that arrives between slices keeps its series', () => {
    const page = many(5_000);
    page.settings.clock.advance(2_000);
    const sweeping = page.store.sweeping(page.settings.clock.monotonic());
    for (let i = 0; i < 3; i++) sweeping.next();
    const last = attributes({ k: '4999' });
    page.append(
      request({}, gauge('g', number(7, { attributes: last }), number(8, { attributes: attributes({ k: 'new' }) }))),
    );
    pausesOf(sweeping);
    expect(page.samples()).toEqual(['g{k="4999"} 7', 'g{k="new"} 8']);
  });

  test('series that arrive during sorting are in the next response', () => {
    const page = many(10_000);
    const collecting = page.store.collecting(0);
    for (let i = 0; i < 3; i++) collecting.next();
    page.append(request({}, gauge('g', number(1, { attributes: attributes({ k: 'new' }) }))));
    pausesOf(collecting);
    expect(page.samples()).toHaveLength(10_001);
  });

  test('names distinguish series with equal label values, without comparing each pair', () => {
    const points = Array.from({ length: 30_000 }, (_, i) => number(i, { attributes: attributes({ [`k${i}`]: 'v' }) }));
    expect(new StoreOutput().append(request({}, gauge('g', ...points))).samples()).toHaveLength(30_000);
  });
});

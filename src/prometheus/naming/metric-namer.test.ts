import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MetricNamer, type NameableMetric } from './metric-namer.ts';
import { NameError } from './name-error.ts';
import type { TranslationStrategy } from './strategy.ts';

const strategies: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
];

/** The name, or `error: …`, under each strategy. */
function names(metric: NameableMetric, namespace = ''): string[] {
  return strategies.map((strategy) => outcome(new MetricNamer(strategy, namespace), metric));
}

function outcome(namer: MetricNamer, metric: NameableMetric): string {
  try {
    return namer.name(metric);
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    return `error: ${error.message}`;
  }
}

const emptyName = (name: string) => `error: normalization for metric "${name}" resulted in empty name`;

test('translates the examples of the reference', () => {
  type Type = NameableMetric['type'];
  const f = (name: string, unit: string, type: Type, a: string, b: string, c: string, d: string) =>
    expect(names({ name, unit, type }), name).toEqual([a, b, c, d]);
  f('a.b.c', 's', 'gauge', 'a_b_c_seconds', 'a_b_c', 'a.b.c_seconds', 'a.b.c');
  f('total.requests', '', 'counter', 'requests_total', 'total_requests', 'total.requests_total', 'total.requests');
  f('total', '', 'counter', 'total', 'total', 'total_total', 'total');
  f('a.seconds.b', 's', 'gauge', 'a_seconds_b', 'a_seconds_b', 'a.seconds.b_seconds', 'a.seconds.b');
  f('speed', 'm/s', 'gauge', 'speed_meters_per_second', 'speed', 'speed_meters_per_second', 'speed');
  f('speed2', 'By/s', 'counter', 'speed2_bytes_per_second_total', 'speed2', 'speed2_bytes_per_second_total', 'speed2');
  f('r', '{req}/s', 'gauge', 'r_per_second', 'r', 'r_per_second', 'r');
  f('r2', '1/s', 'gauge', 'r2_per_second', 'r2', 'r2_per_second', 'r2');
  f('q', '{packets}', 'counter', 'q_total', 'q', 'q_total', 'q');
  f('ratio.x', '1', 'gauge', 'x_ratio', 'ratio_x', 'ratio.x_ratio', 'ratio.x');
  f('nm', '1', 'other', 'nm', 'nm', 'nm', 'nm');
  f('9lives', '', 'gauge', '_9lives', '_9lives', '9lives', '9lives');
  f('a__b', '', 'gauge', 'a_b', 'a__b', 'a__b', 'a__b');
  f('_lead', '', 'gauge', 'lead', '_lead', '_lead', '_lead');
  f('trail_', '', 'gauge', 'trail', 'trail_', 'trail_', 'trail_');
  f('(lambda).f(#)', '', 'gauge', 'lambda_f', 'lambda_f', '(lambda).f(#)', '(lambda).f(#)');
  f('ünï', '', 'gauge', 'n', 'n', 'ünï', 'ünï');
  f('温度', '', 'gauge', emptyName('温度'), emptyName('温度'), '温度', '温度');
  f('温度', 's', 'gauge', 'seconds', emptyName('温度'), '温度_seconds', '温度');
  f('___', '', 'gauge', emptyName('___'), '___', '___', '___');
  f('u6', 'foo/bar/baz', 'gauge', 'u6_foo_per_bar_baz', 'u6', 'u6_foo_per_bar/baz', 'u6');
  f('ub', '__x__', 'gauge', 'ub_x_', 'ub', 'ub___x__', 'ub');
  f('uc', 'x__/__y', 'gauge', 'uc_x_per_y', 'uc', 'uc_x___per___y', 'uc');
  f('ua', 'a/ b ', 'gauge', 'ua_a_per_b', 'ua', 'ua_per_b', 'ua');
  f('uu', 'µs', 'gauge', 'uu_s', 'uu', 'uu_µs', 'uu');
  f('pct', '1%', 'gauge', 'pct_1_', 'pct', 'pct_1%', 'pct');
  f(
    'bytes.per.second.rate',
    'By/s',
    'gauge',
    'bytes_per_second_rate_per_second',
    'bytes_per_second_rate',
    'bytes.per.second.rate_bytes_per_second',
    'bytes.per.second.rate',
  );
  f(
    'x.per_second',
    'By/s',
    'gauge',
    'x_per_second_bytes_per_second',
    'x_per_second',
    'x_bytes_per_second',
    'x.per_second',
  );
  f('x.total.total', '', 'counter', 'x_total', 'x_total_total', 'x.total_total', 'x.total.total');
  f('dBm', 'dBm', 'gauge', 'dBm', 'dBm', 'dBm', 'dBm');
});

test('the namespace is raw in front of tokens, cleaned without suffixes, raw in UTF-8 names', () => {
  const metric: NameableMetric = { name: 'a.b.c', unit: 's', type: 'gauge' };
  expect(names(metric, '9n.s')).toEqual(['_9n.s_a_b_c_seconds', '9n_s_a_b_c', '9n.s_a.b.c_seconds', '9n.s_a.b.c']);
  expect(names({ ...metric, name: 'foo' }, 'test-space')[0]).toBe('test-space_foo_seconds');
});

test('bad bytes separate tokens, and make a name that keeps UTF-8 invalid', () => {
  expect(names({ name: 'a\udcff\udcfeb', unit: '', type: 'gauge' })).toEqual([
    'a_b',
    'a_b',
    'error: "a\\xff\\xfeb" is not a valid metric name',
    'error: "a\\xff\\xfeb" is not a valid metric name',
  ]);
});

test('removing a suffix removes one more byte, even from within a character', () => {
  const namer = new MetricNamer('NoUTF8EscapingWithSuffixes', '');
  expect(outcome(namer, { name: '温total', unit: '', type: 'counter' })).toBe(
    'error: "\\xe6\\xb8_total" is not a valid metric name',
  );
  expect(outcome(namer, { name: 'xtotal', unit: '', type: 'counter' })).toBe('xtotal_total');
});

test('an empty name is an error under every strategy', () => {
  const notValid = 'error: "" is not a valid metric name';
  expect(names({ name: '', unit: '', type: 'gauge' })).toEqual([emptyName(''), emptyName(''), notValid, notValid]);
});

test("agrees with the collector's translator on 700 awkward names", () => {
  const path = new URL('testdata/metric-names.jsonl', import.meta.url);
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const [namespace, name, unit, type, strategy, want, error] = JSON.parse(line);
    const got = outcome(new MetricNamer(strategy, namespace), { name, unit, type });
    expect(got, line).toBe(error === '' ? want : `error: ${error}`);
  }
});

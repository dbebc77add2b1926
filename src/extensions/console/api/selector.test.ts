import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from './context.ts';
import { parseSelector, selectorOf } from './selector.ts';

const series = (name: string, labels: Record<string, string> = {}) => ({
  family: { name, type: 'counter', help: '', seriesCount: 1, points: 1, hiddenBy: undefined },
  labels: Object.entries(labels),
});

const finish = series('airflow_ti_finish_total', { dag_id: 'etl', state: 'success', text: 'a "b" \\ {c}' });

describe('selectors', () => {
  test.each([
    ['airflow_ti_finish_total{}', true],
    ['airflow_ti_finish_total{dag_id="etl"}', true],
    ['airflow_ti_finish_total{dag_id="etl",state!="failed",}', true],
    ['{dag_id=~"e.*", state=~"success|failed"}', true],
    ['{__name__=~"airflow_ti_.*"}', true],
    ['{absent=""}', true],
    ['{text="a \\"b\\" \\\\ {c}"}', true],
    ['other{}', false],
    ['{dag_id="et"}', false],
    ['{dag_id=~"et"}', false],
    ['{dag_id!~"e.*"}', false],
    ['ti_finish', true],
    ['TI_finish SUCCESS', true],
    ['state=success', true],
    ['ti_finish failed', false],
    ['', true],
  ])('%s matches: %s', (text, expected) => {
    expect(parseSelector(text).matches(finish)).toBe(expected);
  });

  test.each(['a{b}', '{a="b"', '{a="b" c="d"}', '{a=~"("}', `{a="${'x'.repeat(5_000)}"}`, '{a="\\q"}'])(
    '%j is refused or searched as words',
    (text) => {
      let matches = false;
      try {
        matches = parseSelector(text).matches(finish);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
        expect((error as ApiError).status).toBe(400);
      }
      expect(matches).toBe(false);
    },
  );
});

test('the selector of a series matches it, for any name and labels', () => {
  const names = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      names,
      fc.string({ unit: 'binary' }),
      (name, keys, value) => {
        const one = series(name, Object.fromEntries(keys.map((key) => [key, value])));
        expect(parseSelector(selectorOf(one)).matches(one)).toBe(true);
      },
    ),
  );
});

test.each([
  ['labels', series('m', { key: 'v'.repeat(60_000) }), series('m', { key: `${'v'.repeat(59_999)}w` })],
  ['a name', series('m'.repeat(60_000), {}), series(`${'m'.repeat(59_999)}n`, {})],
])('the selector of a series with long %s is short and matches only that series', (_, one, other) => {
  const selector = selectorOf(one);
  expect(selector.length).toBeLessThan(2_000);
  expect(parseSelector(selector).matches(one)).toBe(true);
  expect(parseSelector(selector).matches(other)).toBe(false);
});

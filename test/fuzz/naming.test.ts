import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLabelName, LabelNamer } from '#prometheus/naming/label-namer.ts';
import { MetricNamer, type NameableMetric } from '#prometheus/naming/metric-namer.ts';
import { NameError } from '#prometheus/naming/name-error.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';

const piece = fc.constantFrom(
  'a',
  'B',
  '1',
  '_',
  '.',
  ':',
  '/',
  ' ',
  '"',
  '\n',
  '\\',
  'é',
  '温',
  '😀',
  '\udcff',
  'total',
  'ratio',
  'seconds',
  'per',
  '{x}',
  '%',
);
const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 2 })), { maxLength: 6 }).map((parts) => parts.join(''));
const plainUnits = ['', '1', 's', 'By', 'ms', 'Cel', 'By/s', '{task}', '{task}/min', '%', 'rows'];
const unit = fc.oneof(
  fc.constantFrom(...plainUnits),
  fc.constantFrom('/', 'a/b/c', '_', 'total', '/total', 'a_b'),
  text,
);
const metric: fc.Arbitrary<NameableMetric> = fc.record({
  name: text,
  unit,
  type: fc.constantFrom('counter', 'gauge', 'other'),
});

/** Returns the name, or undefined if there is none. Any other error fails the test. */
function nameOf(namer: MetricNamer, given: NameableMetric): string | undefined {
  try {
    return namer.name(given);
  } catch (error) {
    if (error instanceof NameError) return undefined;
    throw error;
  }
}

const check = (strategy: TranslationStrategy, holds: (name: string, given: NameableMetric) => void, namespace = '') => {
  const namer = new MetricNamer(strategy, namespace);
  fc.assert(
    fc.property(metric, (given) => {
      const name = nameOf(namer, given);
      if (name !== undefined) holds(name, given);
    }),
    { numRuns: 2000 },
  );
};

describe('metric names', () => {
  test('are valid in every Prometheus with escaping', () => {
    for (const strategy of ['UnderscoreEscapingWithSuffixes', 'UnderscoreEscapingWithoutSuffixes'] as const) {
      for (const namespace of ['', 'ns'])
        check(strategy, (name) => expect(name).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/), namespace);
    }
  });

  test('contain single underscores with suffixes, and end with one _total for a counter', () => {
    check('UnderscoreEscapingWithSuffixes', (name, { unit: of, type }) => {
      // Units of other characters add underscores, same as in the Collector.
      if (!plainUnits.includes(of)) return;
      expect(name).not.toMatch(/__|_$/);
      const totals = name.split('_').filter((token) => token === 'total').length;
      if (type === 'counter') expect([name.endsWith('total'), totals]).toEqual([true, 1]);
    });
  });

  test('are unchanged when they are translated again', () => {
    for (const strategy of [
      'UnderscoreEscapingWithSuffixes',
      'UnderscoreEscapingWithoutSuffixes',
      'NoTranslation',
    ] as const) {
      const namer = new MetricNamer(strategy, '');
      check(strategy, (name, { unit: of, type }) => {
        // A suffix with an underscore is not a token of the name and is appended again, same as in the Collector.
        if (plainUnits.includes(of) && !of.includes('/')) expect(namer.name({ name, unit: of, type })).toBe(name);
      });
    }
  });

  test('are unchanged without escaping, except for appended suffixes', () => {
    check('NoTranslation', (name, given) => expect(name).toBe(given.name));
    check('NoUTF8EscapingWithSuffixes', (name, given) => {
      const stem = given.name.replace(/.?(?:total|ratio)$/su, '');
      expect(name.startsWith(stem.slice(0, 3)) || given.name.length < 8).toBe(true);
      expect(name.isWellFormed()).toBe(true);
    });
  });

  test('are unchanged for a classic name without a unit', () => {
    const classic = fc.stringMatching(/^[a-zA-Z:][a-zA-Z0-9:]*(?:_[a-zA-Z0-9:]+)*$/);
    const namer = new MetricNamer('UnderscoreEscapingWithSuffixes', '');
    fc.assert(
      fc.property(classic, (name) => {
        expect(namer.name({ name, unit: '', type: 'other' })).toBe(name);
      }),
    );
  });
});

describe('label names', () => {
  const namer = new LabelNamer('UnderscoreEscapingWithSuffixes');

  test('are valid, not reserved, and unchanged when they are translated again', () => {
    fc.assert(
      fc.property(text, (key) => {
        const name = namer.name(key);
        if (key === '') expect(name).toBeUndefined();
        else {
          expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
          if (isLabelName(name!)) expect(namer.name(name!)).toBe(name);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('contain a letter, digit, or underscore for each character of the key', () => {
    fc.assert(
      fc.property(text, (key) => {
        const name = namer.name(key) ?? '';
        expect([...name.replace(/^key_?(?=[0-9_])/, '')].length).toBeLessThanOrEqual([...key].length);
      }),
    );
  });

  test('equal the keys without escaping, except reserved ones', () => {
    const keeping = new LabelNamer('NoTranslation');
    fc.assert(
      fc.property(text, (key) => {
        const name = keeping.name(key);
        if (key !== '') expect([key, `key${key}`]).toContain(name);
      }),
    );
  });
});

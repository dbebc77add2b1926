import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toByteString } from '#bytes/utf8.ts';
import { escapingSchemes } from '#prometheus/exposition/escaping.ts';
import { openMetricsFormat } from '#prometheus/exposition/openmetrics-format.ts';
import { protobufFormat } from '#prometheus/exposition/protobuf-format.ts';
import { textFormat } from '#prometheus/exposition/text-format.ts';
import type { LabelSet, MetricFamily, Series } from '#prometheus/metric-family.ts';
import { decodeFamilies } from '../support/decode-families.ts';
import { type ParsedFamily, parseExposition } from '../support/parse-exposition.ts';
import { renderExposition } from '../support/render-exposition.ts';
import { expectSame } from './expect-same.ts';

/*
 * For any names, help texts, and label values, the output can be parsed, and the parsed data equals the input.
 */

const hostile = fc.constantFrom(
  '\\',
  '"',
  '\n',
  '\\n',
  '\\"',
  '{',
  '}',
  ',',
  '=',
  ' ',
  '#',
  '# EOF\n',
  '\r',
  '\t',
  '\0',
  'é',
  '温',
  '😀',
  '\ufeff',
  '\udcff',
  'a',
  '1',
  '_',
  '.',
);
const bytes = (maxLength: number) =>
  fc.array(fc.oneof(hostile, fc.string({ maxLength: 3 })), { maxLength }).map((parts) => toByteString(parts.join('')));
const legacy = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const name = fc.oneof(
  { weight: 2, arbitrary: legacy },
  { weight: 1, arbitrary: bytes(4).filter((text) => text !== '') },
);
const value = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e6, 1e21, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53),
);
const count = fc.nat(1e7);

const labelSet: fc.Arbitrary<LabelSet> = fc
  .uniqueArray(
    fc.tuple(
      name.filter((label) => label !== 'le' && label !== 'quantile'),
      bytes(4),
    ),
    { selector: ([label]) => label, maxLength: 3 },
  )
  .map((pairs) => ({ names: pairs.map(([label]) => label), values: pairs.map(([, text]) => text), text: undefined }));
const base = fc.record({
  labels: labelSet,
  timestampMs: fc.option(fc.integer({ min: -1e12, max: 4e12 }), { nil: undefined }),
  createdUnixNano: fc.constant(undefined),
});
const numberSeries = fc
  .record({ value, exemplar: fc.constant(undefined) })
  .map((rest) => ({ kind: 'number' as const, ...rest }));
const increasing = fc
  .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 4 })
  .map((bounds) => bounds.toSorted((a, b) => a - b));
const histogramSeries = fc
  .tuple(increasing, fc.array(count, { minLength: 5, maxLength: 5 }), value)
  .map(([upperBounds, counts, sum]) => {
    let total = 0;
    const cumulativeCounts = upperBounds.map((_, index) => (total += counts[index]!));
    return {
      kind: 'histogram' as const,
      count: total + counts[4]!,
      sum,
      upperBounds,
      cumulativeCounts,
      exemplars: undefined,
    };
  });
const summarySeries = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(0, 0.5, 0.9, 1), { maxLength: 4 }),
    fc.array(value, { minLength: 4, maxLength: 4 }),
    count,
    value,
  )
  .map(([quantiles, values, total, sum]) => ({
    kind: 'summary' as const,
    count: total,
    sum,
    quantiles: quantiles.toSorted(),
    values: values.slice(0, quantiles.length),
  }));
const seriesOf = {
  gauge: numberSeries,
  counter: numberSeries,
  untyped: numberSeries,
  histogram: histogramSeries,
  summary: summarySeries,
};
const family: fc.Arbitrary<MetricFamily> = fc
  .constantFrom('gauge' as const, 'counter' as const, 'untyped' as const, 'histogram' as const, 'summary' as const)
  .chain((type) =>
    fc.record({
      name,
      help: bytes(4),
      type: fc.constant(type),
      version: fc.constant(1),
      series: fc.array(
        fc.tuple(base, seriesOf[type]).map(([shared, rest]) => ({ ...shared, ...rest }) as Series),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  );
/** Families whose names differ, also without `_total`. */
const families = fc.uniqueArray(family, { selector: (each) => each.name.replace(/(_total)+$/, ''), maxLength: 3 });

/** Returns the expected lines of a series: suffix, additional label, and value. Bounds are compared as numbers. */
function linesOf(series: Series): [suffix: string, added: number | undefined, value: number][] {
  if (series.kind === 'number') return [['', undefined, series.value]];
  if (series.kind === 'summary') {
    const quantiles = series.quantiles.map((quantile, index): [string, number, number] => [
      '',
      quantile,
      series.values[index]!,
    ]);
    return [...quantiles, ['_sum', undefined, series.sum], ['_count', undefined, series.count]];
  }
  if (series.kind !== 'histogram') throw new Error('not generated');
  const buckets = series.upperBounds.map((bound, index): [string, number, number] => [
    '_bucket',
    bound,
    series.cumulativeCounts[index]!,
  ]);
  return [
    ...buckets,
    ['_bucket', Number.POSITIVE_INFINITY, series.count],
    ['_sum', undefined, series.sum],
    ['_count', undefined, series.count],
  ];
}

/** Returns a family as the parser must return it. `-0` is shown as 0. */
function expected(given: MetricFamily) {
  const lines = given.series.flatMap((series) =>
    linesOf(series).map(([suffix, added, shown]) => ({
      suffix,
      labels: series.labels.names.map((label, index) => [label, series.labels.values[index]]),
      added: added === 0 ? 0 : added,
      value: shown === 0 ? 0 : shown,
    })),
  );
  return { help: given.help, lines };
}

function received({ name: family, help, samples }: ParsedFamily) {
  const lines = samples.map(({ name: sample, labels, value: shown }) => {
    const added = labels.find(([label]) => label === 'le' || label === 'quantile')?.[1];
    return {
      suffix: sample.slice(family.length).replace('_total', ''),
      labels: labels.filter(([label]) => label !== 'le' && label !== 'quantile').map(([label, text]) => [label, text]),
      added: added === undefined ? undefined : Number(added.replace('Inf', 'Infinity')),
      value: shown,
    };
  });
  return { help, lines };
}

const formats = [
  ['text', textFormat],
  ['openmetrics', (scheme: (typeof escapingSchemes)[number]) => openMetricsFormat('1.0.0', scheme)],
] as const;

describe.each(formats)('%s', (dialect, format) => {
  test('preserves all families with unescaped names', () => {
    fc.assert(
      fc.property(families, (given) => {
        const parsed = parseExposition(renderExposition(format('allow-utf-8'), given), dialect);
        expectSame(parsed.map(received), given.map(expected));
        const names = given.map(({ name: full, type }) =>
          dialect === 'openmetrics' && type === 'counter' ? full.replace(/_total$/, '') : full,
        );
        expectSame(
          parsed.map((each) => each.name),
          names,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each(escapingSchemes)('preserves everything but names with escaping=%s', (scheme) => {
    fc.assert(
      fc.property(families, (given) => {
        const page = renderExposition(format(scheme), given.map(withDistinctLabels));
        const parsed = parseExposition(page, dialect);
        const withoutNames = ({ help, lines }: ReturnType<typeof received>) => ({
          help,
          lines: lines.map((line) => ({ ...line, labels: line.labels.map(([, text]) => text) })),
        });
        expectSame(
          parsed.map(received).map(withoutNames),
          given
            .map(withDistinctLabels)
            .map(expected)
            .map(withoutNames as never),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** Makes label names distinct. Escaped names can be equal, which the exporter prevents earlier. */
function withDistinctLabels(given: MetricFamily, place: number): MetricFamily {
  const series = given.series.map((each) => ({
    ...each,
    labels: { ...each.labels, names: each.labels.names.map((_, index) => `l${index}.`), text: undefined },
  }));
  return { ...given, name: `f${place}.${given.type}`, series };
}

test('preserves all families in protobuf', () => {
  fc.assert(
    fc.property(families, (given) => {
      const page = Buffer.from(renderExposition(protobufFormat('allow-utf-8'), given), 'latin1');
      expectSame(decodeFamilies(page), structuredClone(given));
    }),
    { numRuns: 1000 },
  );
});

test('preserves numbers exactly', () => {
  fc.assert(
    fc.property(value, (shown) => {
      const one: MetricFamily = {
        name: 'g',
        help: '',
        type: 'gauge',
        version: 1,
        series: [
          {
            kind: 'number',
            labels: { names: [], values: [], text: undefined },
            timestampMs: undefined,
            createdUnixNano: undefined,
            exemplar: undefined,
            value: shown,
          },
        ],
      };
      for (const [dialect, format] of formats) {
        const [parsed] = parseExposition(renderExposition(format('underscores'), [one]), dialect);
        expect(parsed!.samples[0]!.value).toBe(shown === 0 ? 0 : shown);
      }
    }),
    { numRuns: 2000 },
  );
});

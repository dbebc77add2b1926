import { describe, expect, test } from 'vitest';
import { escapingSchemes } from '#prometheus/exposition/escaping.ts';
import type { ExpositionFormat } from '#prometheus/exposition/exposition-format.ts';
import { negotiateFormat } from '#prometheus/exposition/negotiate-format.ts';
import type { LabelSet, MetricFamily, Series } from '#prometheus/metric-family.ts';
import { decodeFamilies } from '../support/decode-families.ts';
import { counter, labels, number, type TestFamily } from '../support/families.ts';
import { parseExposition } from '../support/parse-exposition.ts';
import { parseTextProto } from '../support/parse-text-proto.ts';
import { renderExposition } from '../support/render-exposition.ts';

/*
 * The contract of exposition-format.ts, which the renderer relies on, tested for every format. The tests next to each format verify its
 * exact bytes.
 */

const protobuf = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=';
const accepts = {
  text: 'text/plain;version=0.0.4',
  'openmetrics 0.0.1': 'application/openmetrics-text;version=0.0.1',
  'openmetrics 1.0.0': 'application/openmetrics-text;version=1.0.0',
  delimited: `${protobuf}delimited`,
  'protobuf text': `${protobuf}text`,
  'compact text': `${protobuf}compact-text`,
};
const formats = Object.entries(accepts).flatMap(([name, accept]) =>
  escapingSchemes.map(
    (scheme) =>
      [`${name}, ${scheme}`, negotiateFormat(`${accept};escaping=${scheme}`, { offersOpenMetrics: true })] as const,
  ),
);

const awkward = ['', 'plain', 'a"b\\c\nd', '{x="y"} 1 # EOF', '\u00c3\u00a9', '\u00ff\u0000', ' ', '\\n', '=",'];
const base = { timestampMs: undefined, createdUnixNano: undefined };
const histogram = (pairs: Readonly<Record<string, string>>): Series => ({
  ...base,
  kind: 'histogram',
  labels: labels(pairs),
  count: 3,
  sum: 1.5,
  upperBounds: [0.5, 1],
  cumulativeCounts: [1, 2],
  exemplars: undefined,
});
const summary = (pairs: Readonly<Record<string, string>>): Series => ({
  ...base,
  kind: 'summary',
  labels: labels(pairs),
  count: 2,
  sum: Number.NaN,
  quantiles: [0.5],
  values: [Number.POSITIVE_INFINITY],
});

function families(): TestFamily[] {
  return [
    counter('requests_total', [1, 2, 3]),
    {
      name: 'level',
      help: awkward.join(''),
      type: 'gauge',
      version: 1,
      series: awkward.map((value) => number({ label: value, other: 'x' }, -0)),
    },
    {
      name: 'duration',
      help: '',
      type: 'histogram',
      version: 1,
      series: awkward.map((value) => histogram({ label: value })),
    },
    {
      name: 'size',
      help: '\\',
      type: 'summary',
      version: 1,
      series: awkward.map((value) => summary({ label: value })),
    },
  ];
}

/** Decodes a scrape response and returns the value of the label `label` of each series of each family. */
function readLabels(
  format: ExpositionFormat,
  page: string,
): (readonly [family: string, help: string, values: string[]])[] {
  if (format.contentType.includes('delimited')) {
    return decodeFamilies(Buffer.from(page, 'latin1')).map(({ name, help, series }) => [
      name,
      help,
      series.map((each) => labelValue(each.labels)),
    ]);
  }
  if (format.contentType.includes('protobuf'))
    return parseTextProto(page).map(({ name, help, metrics }) => [
      name,
      help,
      metrics.map((pairs) => pairs.get('label') ?? ''),
    ]);
  const dialect = format.contentType.includes('openmetrics') ? 'openmetrics' : 'text';
  return parseExposition(page, dialect).map(({ name, help, samples }) => {
    const own = samples.filter(
      (sample) =>
        /^(?:|_total|_count)$/.test(sample.name.slice(name.length)) &&
        !sample.labels.some(([label]) => label === 'quantile'),
    );
    return [name, help, own.map((sample) => sample.labels.find(([label]) => label === 'label')?.[1] ?? '')];
  });
}

function labelValue({ names, values }: LabelSet): string {
  return values[names.indexOf('label')] ?? '';
}

test('every format has a different content type', () => {
  expect(new Set(formats.map(([, { contentType }]) => contentType)).size).toBe(24);
});

describe.each(formats)('%s', (_, format) => {
  test('writes only the trailer when there are no families', () => {
    expect(renderExposition(format, [])).toBe(format.trailer);
  });

  test('writes the same bytes for the same families, regardless of earlier output and caches', () => {
    const given = families();
    const page = renderExposition(format, given);
    expect(renderExposition(format, given)).toBe(page);
    for (const remaining of [0, 30, 1_000_000]) expect(pageOf(format, given, remaining)).toBe(page);
    expect(pageOf(format, given, 0)).toBe(page);
  });

  test('renders families and series independently, so that any parts can be joined', () => {
    const given = families();
    const alone = given.map((family) =>
      renderExposition(format, [family]).slice(0, format.trailer === '' ? undefined : -format.trailer.length),
    );
    expect(alone.join('') + format.trailer).toBe(renderExposition(format, given));
    const [, level] = given as [TestFamily, TestFamily];
    const renderer = format.begin(level);
    const texts = level.series.map((series) => renderer.series(series));
    expect(
      level.series
        .toReversed()
        .map((series) => format.begin(level).series(series))
        .toReversed(),
    ).toEqual(texts);
  });

  test('writes bytes, and frames that contain the correct length', () => {
    const given = families();
    expect(renderExposition(format, given)).toMatch(/^[\u0000-\u00ff]*$/);
    for (const length of [0, 1, 127, 128, 20_000]) {
      const frame = format.frame?.(length);
      if (frame !== undefined) expect(decodedVarint(frame)).toBe(length);
    }
  });

  test('preserves the text of labels and help', () => {
    const given = families();
    const suffix = format.contentType.includes('openmetrics') ? /_total$/ : /$^/;
    expect(readLabels(format, renderExposition(format, given))).toEqual(
      given.map(({ name, help, series }) => [
        name.replace(suffix, ''),
        help,
        series.map((each) => labelValue(each.labels)),
      ]),
    );
  });
});

/** Renders families with a cache for `remaining` bytes of label text. */
function pageOf(format: ExpositionFormat, given: readonly MetricFamily[], remaining: number): string {
  const budget = { remaining, maxSeriesBytes: 2 ** 20, omitted: () => undefined };
  const body = given.map((family) => {
    const renderer = format.begin(family, budget);
    const content = renderer.head + family.series.map((series) => renderer.series(series)).join('') + renderer.tail;
    return (format.frame?.(content.length) ?? '') + content;
  });
  return body.join('') + format.trailer;
}

function decodedVarint(text: string): number {
  return [...Buffer.from(text, 'latin1')].reduceRight((value, byte) => value * 128 + (byte & 0x7f), 0);
}

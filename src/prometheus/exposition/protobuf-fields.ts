import { type ByteString, decodeUtf8, toByteString } from '#bytes/utf8.ts';
import { formatSignedFloat } from '#go/format.ts';
import type { MetricType, NativeBuckets, NativeHistogramSeries, PrometheusExemplar, Series } from '../metric-family.ts';
import { type EscapingScheme, escapeName } from './escaping.ts';
import { exemplarLabels } from './exemplar-labels.ts';
import { splitTime } from './protobuf-metric.ts';
import { wholeNumberText } from './whole-number.ts';

/** Fields of a message by name, in schema order. A field is the text of a value or the fields of a nested message. */
export type Fields = readonly Field[];
type Field = readonly [name: string, value: string | Fields];

/** Returns the fields of `io.prometheus.client.Metric` with their names in the protobuf text format. */
export function metricFields(type: MetricType, series: Series, scheme: EscapingScheme): Fields {
  const { names, values } = series.labels;
  const labels = names.map((name, i): Field => label(escapeName(name, scheme), values[i] as ByteString));
  const stamp: Fields = series.timestampMs === undefined ? [] : [['timestamp_ms', String(series.timestampMs)]];
  const value: Field = [series.kind === 'number' ? type : kindFields[series.kind], valueFields(type, series)];
  return [...labels, value, ...stamp];
}

const kindFields = { histogram: 'histogram', nativeHistogram: 'histogram', summary: 'summary' } as const;

function valueFields(type: MetricType, series: Series): Fields {
  switch (series.kind) {
    case 'number': {
      const value: Field = ['value', double(series.value)];
      return type === 'counter' ? [value, ...exemplars('exemplar', [series.exemplar]), ...created(series)] : [value];
    }
    case 'summary':
      return [
        ...totals(series),
        ...series.quantiles.map(
          (quantile, i): Field => [
            'quantile',
            [
              ['quantile', double(quantile)],
              ['value', double(series.values[i] as number)],
            ],
          ],
        ),
        ...created(series),
      ];
    case 'histogram': {
      const { upperBounds, cumulativeCounts } = series;
      const beyond = series.exemplars?.[upperBounds.length];
      return [
        ...totals(series),
        ...upperBounds.map((bound, i) => bucket(bound, cumulativeCounts[i] as number, series.exemplars?.[i])),
        ...(beyond === undefined ? [] : [bucket(Number.POSITIVE_INFINITY, series.count, beyond)]),
        ...created(series),
      ];
    }
    case 'nativeHistogram':
      return nativeFields(series);
  }
}

function classicBucketsOf({ classic, hasClassicInProtobuf }: NativeHistogramSeries): Fields {
  if (!classic || !hasClassicInProtobuf) return [];
  return classic.upperBounds.map((bound, i) => bucket(bound, classic.cumulativeCounts[i] as number, undefined));
}

function nativeFields(series: NativeHistogramSeries): Fields {
  return [
    ...totals(series),
    ...created(series),
    ...classicBucketsOf(series),
    ['schema', String(series.schema)],
    ['zero_threshold', double(series.zeroThreshold)],
    ['zero_count', wholeNumberText(series.zeroCount)],
    ...nativeBuckets('negative', series.negative),
    ...nativeBuckets('positive', series.positive),
    ...exemplars('exemplars', series.exemplars),
  ];
}

function totals({ count, sum }: { readonly count: number; readonly sum: number }): Fields {
  return [
    ['sample_count', wholeNumberText(count)],
    ['sample_sum', double(sum)],
  ];
}

function bucket(bound: number, count: number, exemplar: PrometheusExemplar | undefined): Field {
  return [
    'bucket',
    [
      ['cumulative_count', wholeNumberText(count)],
      ['upper_bound', double(bound)],
      ...exemplars('exemplar', [exemplar]),
    ],
  ];
}

function nativeBuckets(side: 'negative' | 'positive', { spans, deltas }: NativeBuckets): Fields {
  return [
    ...spans.map(
      ({ offset, length }): Field => [
        `${side}_span`,
        [
          ['offset', String(offset)],
          ['length', String(length)],
        ],
      ],
    ),
    ...deltas.map((delta): Field => [`${side}_delta`, String(delta)]),
  ];
}

function exemplars(name: string, list: readonly (PrometheusExemplar | undefined)[]): Field[] {
  return list
    .filter((exemplar) => exemplar !== undefined)
    .map((exemplar) => [
      name,
      [
        ...exemplarLabels(exemplar).map(([key, value]) => label(key, value)),
        ['value', double(exemplar.value)],
        ['timestamp', timestamp(BigInt.asIntN(64, exemplar.timeUnixNano))],
      ],
    ]);
}

function created({ createdUnixNano }: Series): Fields {
  return createdUnixNano === undefined ? [] : [['created_timestamp', timestamp(createdUnixNano)]];
}

function timestamp(unixNano: bigint): Fields {
  const { seconds, nanos } = splitTime(unixNano);
  const fields: Field[] = seconds === 0n ? [] : [['seconds', String(seconds)]];
  if (nanos !== 0) fields.push(['nanos', String(nanos)]);
  return fields;
}

function label(name: ByteString, value: ByteString): Field {
  return [
    'label',
    [
      ['name', quoted(name)],
      ['value', quoted(value)],
    ],
  ];
}

/** Formats a double like Go's `%v`, with the protobuf names of NaN and infinity. */
function double(value: number): string {
  if (Number.isFinite(value)) return formatSignedFloat(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/**
 * Quotes a string. Control characters and bytes that are not UTF-8 are written in hexadecimal; other bytes do not
 * change.
 */
export function quoted(text: ByteString): ByteString {
  const isUtf8 = isAscii(text) || decode(text).isWellFormed();
  const escaped = text.replace(/["\\\x00-\x1f\x7f]/g, (char) => escapes[char] ?? hexEscape(char));
  return `"${isUtf8 ? escaped : toByteString(decode(escaped).replace(/\p{Cs}/gu, hexEscape))}"`;
}

function decode(text: ByteString): string {
  return decodeUtf8(Buffer.from(text, 'latin1'), 0, text.length);
}

function isAscii(text: ByteString): boolean {
  return !/[\x80-\xff]/.test(text);
}

/** Returns the escaped form of a byte, or of the byte that a lone surrogate represents. */
function hexEscape(char: string): string {
  return `\\x${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
}

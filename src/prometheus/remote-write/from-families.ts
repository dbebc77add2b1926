import { formatFloat } from '#go/format.ts';
import type { ByteString, MetricFamily, MetricType, PrometheusExemplar, Series } from '../metric-family.ts';
import type { Label, PushedLabels } from './pushed-labels.ts';
import {
  metadataType,
  type SeriesMetadata,
  staleMarker,
  type WriteExemplar,
  type WriteHistogram,
  type WriteSeries,
} from './write-series.ts';

/** Parameters of {@link writeSeriesOf}. */
export interface PushOptions {
  readonly labels: PushedLabels;
  /** Whether native histograms are sent in addition to their classic buckets. */
  readonly sendsNative: boolean;
  /** Time of samples that have no time of their own. */
  readonly nowMs: number;
}

/** A sample name of a stored series, such as `_bucket` with `le="1"`. */
interface Part {
  readonly suffix: string;
  readonly extra?: Label;
  readonly value: number;
  readonly exemplar?: PrometheusExemplar | undefined;
}

/** Returns the series that a scrape of a stored series would have added to Prometheus, with one sample each. */
export function writeSeriesOf(family: MetricFamily, series: Series, options: PushOptions): WriteSeries[] {
  const metadata = metadataOf(family);
  const timestampMs = series.timestampMs ?? options.nowMs;
  const startMs = hasStart(family.type, series) ? toStartMs(series.createdUnixNano) : 0;
  const written = partsOf(series).map(
    ({ suffix, extra, value, exemplar }): WriteSeries => ({
      labels: options.labels.of(series.labels, family.name + suffix, extra),
      samples: [{ value, timestampMs, startMs }],
      histograms: [],
      exemplars: exemplar === undefined ? [] : [toExemplar(exemplar)],
      metadata,
    }),
  );
  if (series.kind === 'nativeHistogram' && options.sendsNative) {
    written.push({
      labels: options.labels.of(series.labels, family.name),
      samples: [],
      histograms: [toHistogram(series, { timestampMs, startMs })],
      exemplars: series.exemplars.map(toExemplar),
      metadata,
    });
  }
  return written;
}

/** Returns the end of a series: the same series, with stale markers. */
export function staleSeriesOf({ labels, histograms, metadata }: WriteSeries, nowMs: number): WriteSeries {
  const times = { timestampMs: nowMs, startMs: 0 };
  const stale = { labels, exemplars: [], metadata };
  if (histograms.length === 0) return { ...stale, samples: [{ value: staleMarker, ...times }], histograms: [] };
  const noBuckets = { spans: [], deltas: [] };
  return {
    ...stale,
    samples: [],
    histograms: [
      { ...histograms[0]!, isStale: true, zeroCount: 0, positive: noBuckets, negative: noBuckets, ...times },
    ],
  };
}

function partsOf(series: Series): Part[] {
  switch (series.kind) {
    case 'number':
      return [{ suffix: '', value: series.value, exemplar: series.exemplar }];
    case 'summary':
      return [
        ...series.quantiles.map(
          (quantile, i): Part => ({
            suffix: '',
            extra: ['quantile', formatFloat(quantile)],
            value: series.values[i]!,
          }),
        ),
        { suffix: '_sum', value: series.sum },
        { suffix: '_count', value: series.count },
      ];
    case 'histogram':
      return classicParts(series, series, series.exemplars);
    case 'nativeHistogram':
      return classicParts(series, series.classic ?? { upperBounds: [], cumulativeCounts: [] }, undefined);
  }
}

function classicParts(
  { count, sum }: { readonly count: number; readonly sum: number },
  {
    upperBounds,
    cumulativeCounts,
  }: { readonly upperBounds: readonly number[]; readonly cumulativeCounts: readonly number[] },
  exemplars: readonly (PrometheusExemplar | undefined)[] | undefined,
): Part[] {
  const bucket = (bound: number, value: number, i: number): Part => ({
    suffix: '_bucket',
    extra: ['le', formatFloat(bound)],
    value,
    exemplar: exemplars?.[i],
  });
  const buckets = upperBounds.map((bound, i) => bucket(bound, cumulativeCounts[i]!, i));
  if (upperBounds.at(-1) !== Number.POSITIVE_INFINITY) {
    buckets.push(bucket(Number.POSITIVE_INFINITY, count, upperBounds.length));
  }
  return [...buckets, { suffix: '_sum', value: sum }, { suffix: '_count', value: count }];
}

function toHistogram(
  series: Series & { kind: 'nativeHistogram' },
  times: { readonly timestampMs: number; readonly startMs: number },
): WriteHistogram {
  const { count, sum, schema, zeroThreshold, zeroCount, positive, negative } = series;
  return { isStale: false, count, sum, schema, zeroThreshold, zeroCount, positive, negative, ...times };
}

function toExemplar({ traceId, spanId, value, timeUnixNano }: PrometheusExemplar): WriteExemplar {
  const labels = [['span_id', spanId] as const, ['trace_id', traceId] as const].filter(([, text]) => text !== '');
  return {
    labels: { names: labels.map(([name]) => name), values: labels.map(([, text]) => text) },
    value,
    timestampMs: Number(timeUnixNano / 1_000_000n),
  };
}

function hasStart(type: MetricType, { kind }: Series): boolean {
  return kind !== 'number' || type === 'counter';
}

/** 0 if there is no start time. */
function toStartMs(createdUnixNano: bigint | undefined): number {
  const ms = createdUnixNano === undefined ? 0 : Number(createdUnixNano / 1_000_000n);
  return Math.max(ms, 0);
}

const typeNumbers: Readonly<Record<MetricType, number>> = {
  counter: metadataType.counter,
  gauge: metadataType.gauge,
  histogram: metadataType.histogram,
  summary: metadataType.summary,
  untyped: metadataType.unknown,
};

function metadataOf({ type, help }: { readonly type: MetricType; readonly help: ByteString }): SeriesMetadata {
  return { type: typeNumbers[type], help, unit: '' };
}

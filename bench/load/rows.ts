import { type BatchShape, batchBodies, recordedBodies } from './bodies.ts';
import {
  accumulationCost,
  churnScrapeCpuSeconds,
  idleResidentMb,
  ingestMicrosecondsPerPoint,
  ingestMsDuringScrape,
  type Measure,
  newSeriesPerCpuSecond,
  requestsPerCpuSecond,
  residentMbAfterRequests,
  residentMbAfterScrapes,
  residentMbWith,
  scrapeCpuSeconds,
  scrapeMicrosecondsPerSeries,
  startMs,
} from './measure.ts';

/** What a row must reach: a multiple or fraction of the collector's figure, a figure of its own, or to grow with nothing. */
type Target =
  | { readonly atLeastTimes: number }
  | { readonly atMostTimes: number }
  | { readonly atMost: number }
  /** At most one and a half times the figure of the row with this name. */
  | { readonly flatWith: string }
  | undefined;

/** One line of the results table. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly target: Target;
  readonly measure: Measure;
  /** Left out with --quick. */
  readonly isSlow?: boolean;
  /** Ours alone: the figure is a ratio already, or the collector needs minutes for it. */
  readonly isOursAlone?: boolean;
}

const counters: BatchShape = { kind: 'counter', batches: 20, metrics: 10, points: 100, step: 0 };
const histograms: BatchShape = { kind: 'histogram', batches: 20, metrics: 2, points: 100, step: 0 };
const hundredThousand: BatchShape = { kind: 'counter', batches: 100, metrics: 10, points: 100, step: 100 };

/** Requests of one kind, without and with the debug exporter. */
function ingest(
  work: string,
  load: { bodies: () => readonly Buffer[]; count: number; debugCount: number; target: number; withDebug: number },
): Row[] {
  const { bodies, count, debugCount } = load;
  const unit = 'requests / CPU s';
  return [
    { work, unit, target: { atLeastTimes: load.target }, measure: requestsPerCpuSecond(bodies, count) },
    {
      work: `${work}, debug detailed too`,
      unit,
      target: { atLeastTimes: load.withDebug },
      measure: requestsPerCpuSecond(bodies, debugCount, { debug: true }),
    },
  ];
}

/** The same with more and more series: the cost of each must stay. */
function growth(work: (series: string) => string, unit: string, measureAt: (series: number) => Measure): Row[] {
  const sizes = [10_000, 100_000, 1_000_000];
  const nameOf = (series: number) => work(series.toLocaleString('en'));
  return sizes.map((series, i) => ({
    work: nameOf(series),
    unit,
    target: i === 0 ? undefined : { flatWith: nameOf(sizes[0]!) },
    measure: measureAt(series),
    isOursAlone: true,
    isSlow: series > 100_000,
  }));
}

const newSeries = '100 batches of 1,000 new series';

/** The table of the performance specification, in its order, and what follows from it. `scale`: a part of the requests. */
export const rowsAt = (scale: number): readonly Row[] => [
  ...ingest('recording airflow-3.3', {
    bodies: () => recordedBodies('airflow-3.3'),
    count: 24_000 * scale,
    debugCount: 24_000 * scale,
    target: 1.8,
    withDebug: 3,
  }),
  ...ingest('1,000-point counter batches, known series', {
    bodies: () => [...batchBodies(counters)],
    count: 3000 * scale,
    debugCount: 1000 * scale,
    target: 8,
    withDebug: 8,
  }),
  ...ingest('200-point histogram batches, 16 buckets', {
    bodies: () => [...batchBodies(histograms)],
    count: 6000 * scale,
    debugCount: 2000 * scale,
    target: 5,
    withDebug: 5,
  }),
  {
    work: newSeries,
    unit: 'batches / CPU s',
    target: { atLeastTimes: 8 },
    measure: newSeriesPerCpuSecond(hundredThousand),
  },
  {
    work: `${newSeries}, debug detailed too`,
    unit: 'batches / CPU s',
    target: { atLeastTimes: 8 },
    measure: newSeriesPerCpuSecond(hundredThousand, { debug: true }),
  },
  {
    work: `${newSeries}, first work of the process`,
    unit: 'batches / CPU s',
    target: undefined,
    measure: newSeriesPerCpuSecond(hundredThousand, { warmUp: 0 }),
  },
  {
    work: 'scrape of 100,000 changed series, text',
    unit: 'CPU s',
    target: { atMostTimes: 1 / 20 },
    measure: scrapeCpuSeconds(hundredThousand, 'text'),
  },
  {
    work: 'scrape of 100,000 changed series, gzip',
    unit: 'CPU s',
    target: { atMostTimes: 1 / 6 },
    measure: scrapeCpuSeconds(hundredThousand, 'gzip'),
  },
  {
    work: 'scrape of 100,000 changed series, protobuf',
    unit: 'CPU s',
    target: { atMostTimes: 1 / 10 },
    measure: scrapeCpuSeconds(hundredThousand, 'protobuf'),
  },
  {
    work: 'resident memory, 100,000 series, after 5 scrapes',
    unit: 'MB',
    target: { atMostTimes: 1 / 2 },
    measure: residentMbAfterScrapes(hundredThousand),
    isSlow: true,
  },
  { work: 'resident memory, idle', unit: 'MB', target: { atMost: 90 }, measure: idleResidentMb },
  {
    work: 'resident memory after 20,000 Airflow requests, debug detailed too',
    unit: 'MB',
    target: { atMost: 90 },
    measure: residentMbAfterRequests(20_000),
    isSlow: true,
  },
  {
    work: 'scrape after 10,000 task processes (ours: accumulation)',
    unit: 'CPU s',
    target: { atMostTimes: 1 / 200 },
    measure: churnScrapeCpuSeconds(10_000),
    isSlow: true,
  },
  { work: 'start to first 200', unit: 'ms', target: { atMost: 250 }, measure: startMs },
  {
    work: 'accumulation on ÷ off, CPU, 10,000 new processes',
    unit: 'ratio',
    target: { atMost: 1.5 },
    measure: accumulationCost(10_000),
    isOursAlone: true,
    isSlow: true,
  },
  ...growth((series) => `ingest, ${series} known series`, 'CPU µs / point', ingestMicrosecondsPerPoint),
  ...growth((series) => `scrape, ${series} changed series`, 'CPU µs / series', scrapeMicrosecondsPerSeries),
  {
    work: 'resident memory, 1,000,000 series, after a scrape',
    unit: 'MB',
    target: { atMost: 1229 },
    measure: residentMbWith(1_000_000),
    isSlow: true,
    isOursAlone: true,
  },
  {
    work: 'ingest p99 while 1,000,000 series are scraped',
    unit: 'ms',
    target: { atMost: 50 },
    measure: ingestMsDuringScrape(1_000_000),
    isSlow: true,
    isOursAlone: true,
  },
];

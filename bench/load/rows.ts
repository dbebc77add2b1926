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

/** One line of the results table. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  /** What must be reached: a ratio to the collector, or a figure of ours alone. */
  readonly target: { readonly atLeastTimes: number } | { readonly atMostTimes: number } | { readonly atMost: number };
  readonly measure: Measure;
  /** Left out with --quick. */
  readonly slow?: true;
  /** Ours alone: the figure is a ratio already, or the collector needs minutes for it. */
  readonly oursAlone?: true;
}

const counters: BatchShape = { kind: 'counter', batches: 20, metrics: 10, points: 100, step: 0 };
const histograms: BatchShape = { kind: 'histogram', batches: 20, metrics: 2, points: 100, step: 0 };
const hundredThousand: BatchShape = { kind: 'counter', batches: 100, metrics: 10, points: 100, step: 100 };

const ingest = (
  work: string,
  bodies: () => readonly Buffer[],
  count: number,
): { row: (target: number, seed: number) => Row[] } => ({
  row: (target, seed) => [
    {
      work,
      unit: 'requests / CPU s',
      target: { atLeastTimes: target },
      measure: requestsPerCpuSecond(bodies, count, { warmUp: Math.ceil(count / 4) }),
    },
    {
      work: `${work}, debug detailed too`,
      unit: 'requests / CPU s',
      target: { atLeastTimes: seed },
      measure: requestsPerCpuSecond(bodies, Math.ceil(count / 4), { warmUp: Math.ceil(count / 16), debug: true }),
    },
  ],
});

/** The table of the performance specification, in its order, and what follows from it. */
export const rows: readonly Row[] = [
  ...ingest('recording airflow-3.3', () => recordedBodies('airflow-3.3'), 20_000).row(1.8, 3),
  ...ingest('1,000-point counter batches, known series', () => [...batchBodies(counters)], 2000).row(8, 8),
  ...ingest('200-point histogram batches, 16 buckets', () => [...batchBodies(histograms)], 4000).row(5, 5),
  {
    work: '100 batches of 1,000 new series',
    unit: 'batches / CPU s',
    target: { atLeastTimes: 8 },
    measure: newSeriesPerCpuSecond(hundredThousand),
  },
  {
    work: '100 batches of 1,000 new series, debug detailed too',
    unit: 'batches / CPU s',
    target: { atLeastTimes: 8 },
    measure: newSeriesPerCpuSecond(hundredThousand, { debug: true }),
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
  },
  { work: 'resident memory, idle', unit: 'MB', target: { atMost: 90 }, measure: idleResidentMb },
  {
    work: 'resident memory after 20,000 Airflow requests',
    unit: 'MB',
    target: { atMost: 90 },
    measure: residentMbAfterRequests(20_000),
  },
  {
    work: 'scrape after 10,000 task processes (ours: accumulation)',
    unit: 'CPU s',
    target: { atMostTimes: 1 / 200 },
    measure: churnScrapeCpuSeconds(10_000),
  },
  { work: 'start to first 200', unit: 'ms', target: { atMost: 250 }, measure: startMs },
  {
    work: 'accumulation on ÷ off, CPU, 10,000 new processes',
    unit: 'ratio',
    target: { atMost: 1.5 },
    measure: accumulationCost(10_000),
    oursAlone: true,
  },
  ...[10_000, 100_000, 1_000_000].map((series) => ({
    work: `ingest, ${series.toLocaleString('en')} known series`,
    unit: 'CPU µs / point',
    target: { atMost: Number.POSITIVE_INFINITY },
    measure: ingestMicrosecondsPerPoint(series),
    oursAlone: true as const,
    ...(series > 100_000 ? { slow: true as const } : {}),
  })),
  ...[10_000, 100_000, 1_000_000].map((series) => ({
    work: `scrape, ${series.toLocaleString('en')} changed series`,
    unit: 'CPU µs / series',
    target: { atMost: Number.POSITIVE_INFINITY },
    measure: scrapeMicrosecondsPerSeries(series),
    oursAlone: true as const,
    ...(series > 100_000 ? { slow: true as const } : {}),
  })),
  {
    work: 'resident memory, 1,000,000 series, after a scrape',
    unit: 'MB',
    target: { atMost: 1229 },
    measure: residentMbWith(1_000_000),
    slow: true,
    oursAlone: true,
  },
  {
    work: 'ingest p99 while 1,000,000 series are scraped',
    unit: 'ms',
    target: { atMost: 50 },
    measure: ingestMsDuringScrape(1_000_000),
    slow: true,
    oursAlone: true,
  },
];

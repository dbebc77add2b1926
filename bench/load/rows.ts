import { type BatchShape, batchBodies, recordedBodies } from './bodies.ts';
import { type ForwardOptions, forwarding } from './forward.ts';
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

/** Target of a row: a multiple or fraction of the Collector's figure, an absolute figure, or no growth. */
type Target =
  | { readonly atLeastTimes: number }
  | { readonly atMostTimes: number }
  | { readonly atMost: number }
  /** Name of another row. The target is at most 1.5 times its figure. */
  | { readonly flatWith: string }
  | undefined;

/** One line of the results table. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly target: Target;
  readonly measure: Measure;
  /** Whether --quick omits the row. */
  readonly isSlow?: boolean;
  /** Whether only pitot is measured, because the figure is a ratio or the Collector needs minutes. */
  readonly isPitotOnly?: boolean;
}

const counters: BatchShape = { kind: 'counter', batches: 20, metrics: 10, points: 100, step: 0 };
const histograms: BatchShape = { kind: 'histogram', batches: 20, metrics: 2, points: 100, step: 0 };
const hundredThousand: BatchShape = { kind: 'counter', batches: 100, metrics: 10, points: 100, step: 100 };

/** Returns two rows for one kind of request: without and with the debug exporter. */
function ingest(
  work: string,
  load: { bodies: () => readonly Buffer[]; count: number; debugCount: number; target: number; withDebug: number },
): Row[] {
  const { bodies, count, debugCount } = load;
  const unit = 'requests / CPU s';
  return [
    { work, unit, target: { atLeastTimes: load.target }, measure: requestsPerCpuSecond(bodies, count) },
    {
      work: `${work}, with detailed debug output`,
      unit,
      target: { atLeastTimes: load.withDebug },
      measure: requestsPerCpuSecond(bodies, debugCount, { debug: true }),
    },
  ];
}

/** Returns two rows for one exporter that sends data on: its work, and its memory. */
function forward(work: string, options: Omit<ForwardOptions, 'figure'>): Row[] {
  return [
    {
      work,
      unit: 'requests / CPU s',
      target: { atLeastTimes: 2 },
      measure: forwarding({ ...options, figure: 'work' }),
    },
    {
      work: `${work}, peak memory`,
      unit: 'MB',
      target: undefined,
      measure: forwarding({ ...options, figure: 'memory' }),
    },
  ];
}

/** Returns rows for a growing number of series. The cost per series must remain constant. */
function growth(work: (series: string) => string, unit: string, measureAt: (series: number) => Measure): Row[] {
  const sizes = [10_000, 100_000, 1_000_000];
  const nameOf = (series: number) => work(series.toLocaleString('en'));
  return sizes.map((series, i) => ({
    work: nameOf(series),
    unit,
    target: i === 0 ? undefined : { flatWith: nameOf(sizes[0]!) },
    measure: measureAt(series),
    isPitotOnly: true,
    isSlow: series > 100_000,
  }));
}

const newSeries = '100 batches of 1,000 new series';

/** Returns all rows of the table. `scale`: fraction of the requests to send. */
export const rowsAt = (scale: number): readonly Row[] => [
  ...ingest('recording airflow-3.3', {
    bodies: () => recordedBodies('airflow-3.3'),
    count: 24_000 * scale,
    debugCount: 24_000 * scale,
    target: 1.8,
    withDebug: 3,
  }),
  ...ingest('1,000-point counter batches, existing series', {
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
    work: `${newSeries}, with detailed debug output`,
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
    work: 'resident memory after 20,000 Airflow requests, with detailed debug output',
    unit: 'MB',
    target: { atMost: 90 },
    measure: residentMbAfterRequests(20_000),
    isSlow: true,
  },
  {
    work: 'scrape after 10,000 task processes (pitot: accumulation)',
    unit: 'CPU s',
    target: { atMostTimes: 1 / 200 },
    measure: churnScrapeCpuSeconds(10_000),
    isSlow: true,
  },
  { work: 'start to first 200', unit: 'ms', target: { atMost: 250 }, measure: startMs },
  {
    work: 'CPU with ÷ without accumulation, 10,000 new processes',
    unit: 'ratio',
    target: { atMost: 1.5 },
    measure: accumulationCost(10_000),
    isPitotOnly: true,
    isSlow: true,
  },
  ...forward('otlp_http sends on recording airflow-3.3', {
    exporter: 'otlp_http',
    bodies: () => recordedBodies('airflow-3.3'),
    count: 8000 * scale,
  }),
  ...forward('otlp_http sends on 1,000-point batches', {
    exporter: 'otlp_http',
    bodies: () => [...batchBodies(counters)],
    count: 1000 * scale,
  }),
  ...forward('remote write sends 100,000 series in 1,000-point batches', {
    exporter: 'prometheus_remote_write',
    bodies: () => [...batchBodies(hundredThousand)],
    count: 1000 * scale,
  }),
  ...growth((series) => `ingest, ${series} existing series`, 'CPU µs / point', ingestMicrosecondsPerPoint),
  ...growth((series) => `scrape, ${series} changed series`, 'CPU µs / series', scrapeMicrosecondsPerSeries),
  {
    work: 'resident memory, 1,000,000 series, after a scrape',
    unit: 'MB',
    target: { atMost: 1229 },
    measure: residentMbWith(1_000_000),
    isSlow: true,
    isPitotOnly: true,
  },
  {
    work: 'ingest p99 while 1,000,000 series are scraped',
    unit: 'ms',
    target: { atMost: 50 },
    measure: ingestMsDuringScrape(1_000_000),
    isSlow: true,
    isPitotOnly: true,
  },
];

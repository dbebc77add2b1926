import { z } from 'zod';
import { number, pair, time } from './values.ts';

const level = z.enum(['ok', 'waiting', 'warning', 'error']);

const verdict = z.strictObject({
  level,
  code: z.string().describe('Stable name, such as `no_scrape`.'),
  text: z.string().describe('One sentence.'),
  view: z.string().describe('View of the console that shows the cause, such as `problems`. Empty if there is none.'),
});
export type Verdict = z.infer<typeof verdict>;

const listener = z.strictObject({
  component: z.string(),
  purpose: z.enum([
    'otlp_http',
    'otlp_grpc',
    'metrics',
    'own_metrics',
    'health',
    'health_grpc',
    'console',
    'zpages',
    'pprof',
  ]),
  address: z.string(),
  path: z.string(),
  hasTls: z.boolean(),
  hasAuth: z.boolean(),
});

const scrape = z.strictObject({
  exporter: z.string(),
  unixMs: time,
  address: z.string(),
  userAgent: z.string(),
  isScraper: z.boolean(),
  format: z.string(),
  coding: z.string(),
  bytes: z.number(),
  durationMs: z.number(),
  outcome: z.enum(['sent', 'aborted', 'failed']),
});

export const statusSchema = z.strictObject({
  pitotVersion: z.string(),
  collectorVersion: z.string(),
  nodeVersion: z.string(),
  startedUnixMs: time,
  nowUnixMs: time,
  verdict,
  /** Active: sent within the last five minutes. */
  clients: z.strictObject({
    active: z.number(),
    known: z.number(),
    requestsPerSecond: number,
    pointsPerSecond: number,
    points: z.number(),
    lastUnixMs: time.nullable(),
  }),
  output: z.strictObject({
    exporters: z.number().describe('Number of exporters that have a `/metrics` output.'),
    series: z.number(),
    families: z.number(),
    targets: z.number(),
    maxSeries: z.number(),
    accumulates: z.boolean(),
  }),
  destinations: z
    .array(z.strictObject({ id: z.string(), sent: z.number(), failed: z.number(), sentPerSecond: number }))
    .describe('Exporters that send metrics to another server, with their data points since the start.'),
  scrapers: z.array(scrape.extend({ intervalMs: number })),
  errors: z
    .strictObject({
      refusedPoints: z.number(),
      droppedPoints: z.number(),
      unsentPoints: z.number().describe('Data points that exporters could not send.'),
      rejectedRequests: z.number(),
    })
    .describe('Since the start.'),
  process: z.strictObject({
    rssBytes: z.number(),
    heapUsedBytes: z.number(),
    cpuShare: number,
  }),
  problems: z.strictObject({ error: z.number(), warning: z.number(), info: z.number() }),
  listeners: z.array(listener),
});
export type Status = z.infer<typeof statusSchema>;

export const historySchema = z.strictObject({
  stepMs: z.number(),
  unixMs: z.array(time).describe('Times of the samples, oldest first. A value is null if nothing was measured.'),
  pointsPerSecond: z.array(number),
  series: z.array(number),
  scrapeMs: z.array(number),
  rssBytes: z.array(number),
  errorsPerSecond: z.array(number),
  marks: z.array(z.strictObject({ unixMs: time, kind: z.string(), text: z.string() })),
});
export type History = z.infer<typeof historySchema>;

export const scrapesSchema = z.strictObject({ recent: z.array(scrape) });
export type Scrapes = z.infer<typeof scrapesSchema>;

export const gettingStartedSchema = z.strictObject({
  isDone: z.boolean(),
  steps: z.array(
    z.strictObject({
      id: z.enum(['running', 'received', 'stored', 'scraped', 'sent']),
      state: z.enum(['done', 'current', 'todo']),
      title: z.string(),
      text: z.string(),
    }),
  ),
  /** Reasons why metrics are missing now, as far as clients reveal them. The most severe and latest first. */
  causes: z.array(
    z.strictObject({
      code: z.string(),
      title: z.string(),
      observed: z.string().describe('Data that arrived.'),
      remedy: z.string(),
      level: z.enum(['error', 'warning', 'info']),
      address: z.string(),
      count: z.number(),
      lastUnixMs: time,
    }),
  ),
  airflow: z
    .array(z.strictObject({ versions: z.string(), note: z.string(), variables: z.array(pair) }))
    .describe('Environment variables that make Airflow send to this pitot.'),
  scrapeConfig: z.string().describe('A scrape job for Prometheus in YAML.'),
});
export type GettingStarted = z.infer<typeof gettingStartedSchema>;

const problem = z.strictObject({
  level: z.enum(['error', 'warning', 'info']),
  code: z.string().describe("Stable name: the reason as in pitot's own metrics, or another name."),
  title: z.string(),
  subject: z.string().describe('Metric, component, or listener.'),
  text: z.string(),
  shown: z.string().describe('Both sides of a conflict. Empty otherwise.'),
  hidden: z.string(),
  client: z.string().describe('Client or target. Empty if unknown.'),
  count: z.number(),
  unit: z.string().describe('Unit of the number: `points`, `requests`, `series`, or `entries`.'),
  firstUnixMs: time.nullable(),
  lastUnixMs: time.nullable(),
  remedy: z.string(),
  section: z.string().describe('Section of docs/troubleshooting.md.'),
});
export const problemsSchema = z.strictObject({ problems: z.array(problem), more: z.number() });
export type Problem = z.infer<typeof problem>;
export type Problems = z.infer<typeof problemsSchema>;

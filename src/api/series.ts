import { z } from 'zod';
import { number, pair, time, values } from './values.ts';

const family = z.strictObject({
  exporter: z.string(),
  name: z.string(),
  type: z.string(),
  help: z.string(),
  seriesCount: z.number(),
  points: z.number().describe('Number of data points that have arrived for the family, including dropped ones.'),
  hiddenBy: z.string().nullable(),
});
export type Family = z.infer<typeof family>;

/** `total` is the number of matching families, and `families` a part of them. */
export const metricsSchema = z.strictObject({ total: z.number(), families: z.array(family) });
export type Metrics = z.infer<typeof metricsSchema>;

const series = z.strictObject({
  exporter: z.string(),
  selector: z.string().describe('Identifies the series: `name{label="value",…}` with all labels.'),
  name: z.string(),
  type: z.string(),
  labels: z.array(pair),
  value: number.describe('Number of observations for a histogram or summary.'),
  updatedUnixMs: time,
  hiddenBy: z.string().nullable(),
  streams: z.number().nullable(),
});
export type Series = z.infer<typeof series>;

export const seriesSchema = z.strictObject({
  total: z.number(),
  scanned: z.number(),
  series: z.array(series),
});
export type SeriesPage = z.infer<typeof seriesSchema>;

export const metricSchema = z.strictObject({
  family: family.extend({ unit: z.string(), otlpNames: z.array(z.string()) }),
  labels: z.array(
    z.strictObject({ name: z.string(), values: z.number(), top: z.array(z.tuple([z.string(), z.number()])) }),
  ),
  total: z.number(),
  series: z.array(series),
  lines: z.strictObject({ text: z.string(), openmetrics: z.string(), protobuf: z.string(), more: z.number() }),
  history: values.describe('Sum over the series of a counter or gauge. Number of observations for a histogram.'),
});
export type Metric = z.infer<typeof metricSchema>;

const stream = z.strictObject({
  process: z.string(),
  startUnixNano: z.string().nullable(),
  kind: z.string(),
  reason: z.string(),
  value: number,
  baseline: number,
  lastUnixMs: time,
});

export const lineageSchema = z.strictObject({
  series,
  metric: z.strictObject({
    name: z.string(),
    description: z.string(),
    unit: z.string(),
    type: z.string(),
    isMonotonic: z.boolean(),
    temporality: z.string(),
  }),
  scope: z.strictObject({ name: z.string(), version: z.string(), schemaUrl: z.string() }),
  resource: z.array(pair),
  attributes: z.array(pair),
  naming: z.array(z.strictObject({ rule: z.string(), result: z.string() })),
  labels: z.array(
    z.strictObject({
      label: z.string(),
      value: z.string(),
      from: z.enum(['attribute', 'resource', 'scope', 'const_labels', 'joined', 'unknown']),
      keys: z.array(z.string()),
      remark: z.string(),
    }),
  ),
  processAttributes: z.array(z.string()),
  mode: z.enum(['accumulation', 'last value']),
  streams: z.strictObject({ total: z.number(), listed: z.array(stream) }).nullable(),
  isInitialZero: z.boolean(),
  lines: z.strictObject({ text: z.string(), openmetrics: z.string(), protobuf: z.string() }),
  collector: z.strictObject({ note: z.string(), lines: z.array(z.string()), more: z.number() }),
  history: values,
});
export type Lineage = z.infer<typeof lineageSchema>;

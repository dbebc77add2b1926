import { z } from 'zod';
import { number, pair, time } from './values.ts';

const source = z.strictObject({
  receiver: z.string(),
  job: z.string(),
  process: z.string(),
  address: z.string(),
  transport: z.enum(['http', 'grpc']),
  userAgent: z.string(),
  sdk: z.string(),
  attributes: z.array(pair),
  firstUnixMs: time,
  lastUnixMs: time,
  requests: z.number(),
  points: z.number(),
  bytes: z.number(),
  refused: z.number(),
  intervalMs: number,
  clockSkewMs: number,
  warnings: z.array(z.strictObject({ code: z.string(), text: z.string() })),
});
export type Source = z.infer<typeof source>;

export const sourcesSchema = z.strictObject({
  known: z.number(),
  evicted: z.number(),
  emptyRequests: z.number(),
  sources: z.array(source),
  /** Processes that sent three requests or fewer and are silent, by job. */
  shortLived: z.array(
    z.strictObject({
      job: z.string(),
      processes: z.number(),
      points: z.number(),
      requests: z.number(),
      lastUnixMs: time,
    }),
  ),
});
export type Sources = z.infer<typeof sourcesSchema>;

const node = z.strictObject({
  id: z.string(),
  kind: z.enum(['receiver', 'processor', 'exporter', 'extension']),
  itemsPerSecond: number.describe('Number of data points, spans, or log records. null if they are not counted.'),
  refusedPerSecond: number.describe('Refused by a receiver, or not sent by an exporter.'),
  items: number.describe('Since the start.'),
  refused: number,
  queue: z.strictObject({ unit: z.string(), size: z.number(), capacity: z.number() }).nullable(),
  problem: z.string(),
});
export type PipelineNode = z.infer<typeof node>;

export const pipelinesSchema = z.strictObject({
  pipelines: z.array(
    z.strictObject({ id: z.string(), receivers: z.array(node), processors: z.array(node), exporters: z.array(node) }),
  ),
  extensions: z.array(node),
  remarks: z.array(z.string()).describe('One sentence for each item that pitot ignores or does not support.'),
});
export type Pipelines = z.infer<typeof pipelinesSchema>;

export const configSchema = z.strictObject({
  text: z.string(),
  sources: z.array(z.string()),
  origins: z.array(z.strictObject({ path: z.string(), place: z.string() })),
  /** The configuration on disk compared with the active one. `diff` exists only if they differ. */
  disk: z.strictObject({
    state: z
      .enum(['same', 'different', 'invalid', 'none'])
      .describe('`none`: the configuration does not come from a file or server.'),
    error: z.string(),
    diff: z.array(z.strictObject({ kind: z.enum(['same', 'added', 'removed']), line: z.string() })),
  }),
});
export type Config = z.infer<typeof configSchema>;

export const logSchema = z.strictObject({
  entries: z.array(
    z.strictObject({
      unixMs: time,
      level: z.enum(['debug', 'info', 'warn', 'error']),
      message: z.string(),
      component: z.string(),
      fields: z.array(pair),
      count: z.number(),
    }),
  ),
});
export type LogEntries = z.infer<typeof logSchema>;

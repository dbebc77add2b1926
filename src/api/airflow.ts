import { z } from 'zod';
import { number, time } from './values.ts';

const durations = z.strictObject({ count: z.number(), p50: number, p95: number });

export const airflowSchema = z.strictObject({
  isPresent: z.boolean().describe('Whether there are metrics of Airflow.'),
  /** Parts of components are heartbeats per minute. `lastUnixMs` is the time of the latest data point. */
  heartbeats: z.array(
    z.strictObject({ component: z.string(), instance: z.string(), total: number, perMinute: number, lastUnixMs: time }),
  ),
  dags: z.array(
    z.strictObject({
      dag: z.string(),
      success: z.number(),
      failed: z.number(),
      retried: z.number(),
      running: number,
      durationMs: durations
        .nullable()
        .describe('Durations of runs or tasks, ms; `unit` of the metric is already applied.'),
      lastUnixMs: time,
      finished: z.array(number).describe('Number of finished tries per step of `stepMs`, oldest first.'),
      tasks: z.array(
        z.strictObject({
          task: z.string(),
          success: z.number(),
          failed: z.number(),
          retried: z.number(),
          other: z.number(),
          durationMs: durations.nullable(),
          lastUnixMs: time,
        }),
      ),
    }),
  ),
  moreDags: z.number().describe('Dags that are not listed. Those with failures and the latest finish are listed.'),
  moreTasks: z.number(),
  stepMs: z.number(),
  pools: z.array(
    z.strictObject({
      pool: z.string(),
      open: number,
      running: number,
      queued: number,
      deferred: number,
      scheduled: number,
    }),
  ),
  executors: z.array(z.strictObject({ executor: z.string(), open: number, running: number, queued: number })),
  parsing: z.strictObject({
    importErrors: number,
    totalSeconds: number,
    files: z.array(z.strictObject({ file: z.string(), seconds: number, lastUnixMs: time })),
  }),
});
export type Airflow = z.infer<typeof airflowSchema>;

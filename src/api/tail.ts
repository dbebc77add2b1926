import { z } from 'zod';
import { pair, time } from './values.ts';

/** Data points as they are applied. */
export const tailSchema = z.strictObject({
  points: z.array(
    z.strictObject({
      unixMs: time,
      metric: z.string(),
      type: z.string(),
      unit: z.string(),
      job: z.string(),
      process: z.string(),
      attributes: z.array(pair),
      value: z.string(),
      line: z.string().describe('The line of the series in the text format; empty: the point is in no line.'),
    }),
  ),
  missed: z
    .number()
    .describe(
      'Points that match and are not listed, because there are too many for the stream. Only the first 2,000 points of a request are looked at.',
    ),
});
export type Tail = z.infer<typeof tailSchema>;

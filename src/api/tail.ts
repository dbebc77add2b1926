import { z } from 'zod';
import { pair, time } from './values.ts';

/** Data points, at the time when they are applied. */
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
      line: z.string().describe('The line of the series in the text format. Empty if no line shows the point.'),
    }),
  ),
  missed: z
    .number()
    .describe(
      'Number of matching points that are not listed because there are too many for the stream. Only the first 2,000 points of a request are checked.',
    ),
});
export type Tail = z.infer<typeof tailSchema>;

import { z } from 'zod';
import { number, time } from './values.ts';

/** Metrics, labels, and values of the series. */
export const cardinalitySchema = z.strictObject({
  series: z.number().describe('Number of matching series.'),
  families: z.number(),
  sinceUnixMs: time
    .nullable()
    .describe('Time at which `before` was counted, a day ago or later. null if nothing was counted yet.'),
  before: number.describe('Number of all series at that time.'),
  metrics: z.array(
    z.strictObject({
      exporter: z.string(),
      name: z.string(),
      type: z.string(),
      series: z.number(),
      before: number.describe('Number of series at `sinceUnixMs`. null if it was not counted.'),
    }),
  ),
  labels: z.array(
    z.strictObject({
      name: z.string(),
      values: z.number().describe('Number of distinct values. Estimated above 16,384.'),
      series: z.number().describe('Number of series with the label.'),
      fewer: z.number().describe('Reduction in the number of series without the label. Estimated above 16,384 series.'),
      from: z.string().describe('Source of the label: `attribute`, `resource`, `scope`, `const_labels`, …'),
      advice: z.string().describe('Effect of the rule, in one or two sentences. Empty if there is no rule.'),
      rule: z.string().describe('Configuration that removes the label, in YAML.'),
    }),
  ),
  pairs: z.array(z.strictObject({ label: z.string(), value: z.string(), series: z.number() })),
});
export type Cardinality = z.infer<typeof cardinalitySchema>;

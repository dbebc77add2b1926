import { z } from 'zod';
import { number, time } from './values.ts';

/** Which metrics, labels, and values make up the series. */
export const cardinalitySchema = z.strictObject({
  series: z.number().describe('Series that match.'),
  families: z.number(),
  sinceUnixMs: time.nullable().describe('When `before` was counted: at most a day ago; null: nothing was counted yet.'),
  before: number.describe('All series at that time.'),
  metrics: z.array(
    z.strictObject({
      exporter: z.string(),
      name: z.string(),
      type: z.string(),
      series: z.number(),
      before: number.describe('Series at `sinceUnixMs`; null: not counted.'),
    }),
  ),
  labels: z.array(
    z.strictObject({
      name: z.string(),
      values: z.number().describe('Distinct values; above 16,384 an estimate.'),
      series: z.number().describe('Series that have the label.'),
      fewer: z.number().describe('Series fewer if the label were absent; an estimate above 16,384 series.'),
      from: z.string().describe('What the label comes from: `attribute`, `resource`, `scope`, `const_labels`, …'),
      advice: z.string().describe('What the rule does, one or two sentences; empty: there is no rule.'),
      rule: z.string().describe('Configuration that removes the label, YAML.'),
    }),
  ),
  pairs: z.array(z.strictObject({ label: z.string(), value: z.string(), series: z.number() })),
});
export type Cardinality = z.infer<typeof cardinalitySchema>;

import type { MetricFamily } from '../metric-family.ts';

/** Default maximum for the bytes of the lines of one series. */
export const defaultMaxSeriesBytes = 1024 * 1024;

/** Limits of one response in a text format. */
export interface RenderBudget {
  /**
   * Number of bytes of label text that can still be cached in label sets (`LabelSet.text`). Text that is already cached
   * also counts, in output order. A label set that two families share counts twice.
   */
  remaining: number;
  /**
   * Maximum bytes of the lines of one series. A longer series is omitted. Each bucket repeats the name and all labels.
   */
  readonly maxSeriesBytes: number;
  /** Called for each omitted series. */
  omitted(family: MetricFamily): void;
}

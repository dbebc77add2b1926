import type { MetricFamily } from '../metric-family.ts';

/** Bytes of the lines of one series, unless a setting says otherwise. */
export const defaultMaxSeriesBytes = 1024 * 1024;

/** Bounds of one response, for the text formats. */
export interface RenderBudget {
  /**
   * Bytes of label text that may still remain on label sets (`LabelSet.text`). Text that is already there counts as well, in the
   * order of the output. A label set of two families counts twice.
   */
  remaining: number;
  /** A series whose lines would be longer is left out: each bucket repeats the name and all labels. */
  readonly maxSeriesBytes: number;
  /** Called for each series that is left out. */
  omitted(family: MetricFamily): void;
}

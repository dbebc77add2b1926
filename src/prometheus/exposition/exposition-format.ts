import type { ByteString } from '#bytes/utf8.ts';
import type { MetricFamily, Series } from '../metric-family.ts';
import type { RenderBudget } from './render-budget.ts';

/**
 * A way to write families down. Formats are stateless: a family is `head`, the text of each series in order, `tail`;
 * a page is its families, then `trailer`.
 * All formats pass `test/contracts/exposition-format.test.ts`.
 */
export interface ExpositionFormat {
  /** The Content-Type header, which also tells the formats apart. */
  readonly contentType: string;
  readonly trailer: ByteString;
  /** What precedes a family of so many bytes, in a format that needs it. */
  readonly frame: ((byteLength: number) => ByteString) | undefined;
  /** Renders one family or a part of it. Without a budget, no label text is kept for the next time. */
  begin(family: MetricFamily, budget?: RenderBudget): FamilyRenderer;
}

export interface FamilyRenderer {
  readonly head: ByteString;
  readonly tail: ByteString;
  /** The text of one series; empty if it exceeds the limit of the budget. */
  series(series: Series): ByteString;
}

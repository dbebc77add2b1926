import type { ByteString } from '#bytes/utf8.ts';
import type { MetricFamily, Series } from '../metric-family.ts';
import type { RenderBudget } from './render-budget.ts';

/**
 * A format of the `/metrics` output. Formats are stateless. A family consists of `head`, the text of each series in
 * order, and `tail`; a response consists of its families and `trailer`.
 *
 * All formats pass `test/contracts/exposition-format.test.ts`.
 */
export interface ExpositionFormat {
  /** The Content-Type header, which also identifies the format. */
  readonly contentType: string;
  readonly trailer: ByteString;
  /** Returns the prefix of a family with this number of bytes. Undefined in formats without a prefix. */
  readonly frame: ((byteLength: number) => ByteString) | undefined;
  /** Starts to render one family or a part of it. Without a budget, no label text is cached. */
  begin(family: MetricFamily, budget?: RenderBudget): FamilyRenderer;
}

/** The parts of one family in a format. */
export interface FamilyRenderer {
  readonly head: ByteString;
  readonly tail: ByteString;
  /** Returns the text of one series; empty if it exceeds the limit of the budget. */
  series(series: Series): ByteString;
}
